"""The headers of a mail, one topic a module, as exact bytes (RFC 5322, 2047, 2369, 2919, 8058).

The standard library's policies turn a long List-Unsubscribe into an encoded word and encode inside addresses
(`reliability.md` section 7); so these are our own.
"""
