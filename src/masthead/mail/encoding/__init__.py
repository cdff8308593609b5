"""Turns a text with slots into the body of a MIME part, once per edition; fills the slots per reader.

`parts` chooses; `quoted_printable` and `base64_lines` encode (RFC 2045 §6.7, §6.8); `flowed` prepares plain text (RFC 3676).
"""
