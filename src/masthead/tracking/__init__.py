"""How often links of mails are followed. Nothing is measured unless a publication says so, and nothing about one reader.

Not here: anything a campaign needs in order to be sent.
"""
