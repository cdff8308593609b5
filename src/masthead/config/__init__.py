"""Settings from the environment, URL roots, ASGI, logging.

Not here: functions with an opinion.
"""
