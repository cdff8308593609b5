"""The feeds: Atom (RFC 4287), RSS 2.0, JSON Feed 1.1, from the same entries, each with its archive (RFC 5005).

Not here: tracking, tokens, anything a reader is known by.
"""
