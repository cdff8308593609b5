"""The append-only record of who did what.

Not here: decisions, statistics, anything that reads the record to act on it.
"""
