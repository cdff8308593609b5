"""Pure functions any program could use: addresses, signed tokens, public URL shapes, text tools, clock.

Not here: models, settings, the ORM, anything that knows what a bulletin is.
"""
