"""Proving the promise of sending on one's own machine: a throw-away install, a relay that remembers, kills, and the comparison.

Nothing here is used while mail is sent. Not here: rules of sending; the relay itself (`mail.sink`).
"""
