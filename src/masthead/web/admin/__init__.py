"""The desk: the screens where staff write, send and look after readers.

Not here: rules; a view checks the right, calls one verb and shows what happened.
"""
