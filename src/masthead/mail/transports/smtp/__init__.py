"""The SMTP client: pipelined, one absolute deadline per command, bounded replies (RFC 5321, 2920, 3207, 4954, 1870, 6531, 3461).

`replies` reads what a server says, `wire` carries bytes, `greeting` opens a session, `commands` writes the envelope,
`lane` sends mails, `probing` tries a server for a person who configures it.
"""
