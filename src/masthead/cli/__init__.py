"""The command line and the engine that runs tasks.

Not here: rules; a command parses, calls one verb and prints.
"""
