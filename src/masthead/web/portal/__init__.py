"""The own pages of a reader: confirm, sign in, preferences, unsubscribe.

Not here: any change by GET.
"""
