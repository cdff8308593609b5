"""Readers: subscribers, lists, subscriptions, consent events, import and export, sign-in links.

Not here: issues, campaigns, HTTP.
"""
