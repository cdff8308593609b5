"""Mailboxes that are looked into for what came back: the IMAP session, their configuration, and taking mails out of them.

Not here: what a mail says (`reading`), what follows from it (`rules`, `acting`), screens.
"""
