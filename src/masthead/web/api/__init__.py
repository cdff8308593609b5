"""The REST interface.

Not here: facts of its own; it calls the verbs the desk calls.
"""
