"""Endpoints for machines: one-click unsubscribe (RFC 8058), links of mails, what mail providers post.

Not here: cookies, redirects, pages for people.
"""
