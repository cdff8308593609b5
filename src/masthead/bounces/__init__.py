"""Inbound reports: bounces, complaints, replies, and what follows from them.

Not here: SMTP-time refusals (the ledger in `delivery` records them).
"""
