"""The one flag that says this process is about to end. Long work looks at it between two steps and leaves the rest for later."""

from threading import Event

#: Set by the signal handlers of `masthead serve`, `worker` and `send --wait`, and never cleared by them.
STOP = Event()
