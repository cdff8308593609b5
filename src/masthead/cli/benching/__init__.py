"""Measuring this machine in a throw-away install. `measuring` makes and removes it; `sending` is the process measured."""
