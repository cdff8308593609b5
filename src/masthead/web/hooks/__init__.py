"""Endpoints for machines: one-click unsubscribe (RFC 8058).

Not here: cookies, redirects, pages for people.
"""
