"""What readers answer: told apart from what programs send, kept for a while, and passed on to whoever edits the publication.

Not here: answering. Staff answer in their own mail program; nothing in Masthead answers a mail that came in.
"""
