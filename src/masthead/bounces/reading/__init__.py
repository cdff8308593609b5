"""Reading one inbound mail: pure functions from its bytes to a Finding, one step or dialect a module.

Not here: the database, the network, the clock, settings, and what follows from a finding (`bounces.rules`).
"""
