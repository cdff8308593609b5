"""How often links of mails are followed, and by whom of the readers who agreed to that. Nothing unless a publication says so.

Not here: anything a campaign needs in order to be sent.
"""
