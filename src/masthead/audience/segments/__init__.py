"""Segments: rules that say which readers are meant, kept as data, compiled to queries with bound parameters.

The grammar is in `tree`, what a rule can ask is registered with `conditions`, `compiling` makes the query. Nothing of a rule
becomes part of the SQL text: conditions, operators and subjects come from allow-lists, values are parameters.
"""
