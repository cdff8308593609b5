"""Opens, clicks and statistics. Level 0 of the privacy ladder is the default: nothing is measured.

Not here: anything a campaign needs in order to be sent.
"""
