"""The demonstration: an invented bulletin, its readers and three of its numbers, made and sent by the real thing.

Not here: shortcuts. Everything goes through the verbs that the desk and the commands use.
"""
