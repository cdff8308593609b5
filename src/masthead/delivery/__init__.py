"""Campaigns and the delivery ledger: rendering an edition for one reader, the sender, retry, pause, verify.

Not here: sockets and SMTP codes (they are in `mail`), bounce parsing.
"""
