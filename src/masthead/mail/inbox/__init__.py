"""The built-in inbox: a real SMTP server on loopback that keeps what it gets, for trying things out and for test mode.

`listener` takes mail, `keeping` stores it before it is acknowledged, `reading` and `lookups` show it. Not here: screens.
"""
