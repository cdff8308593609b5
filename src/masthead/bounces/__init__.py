"""Inbound reports: bounces, complaints, replies, and what follows from them; the relay's refusals are judged by the same rules.

Not here: listeners and webhooks (faces), the ledger's own record of refusals (`delivery`), pages.
"""
