"""The commands, one module per noun.

Not here: rules, and Django at import time: a command starts it when it runs, so that `--help` answers at once.
"""
