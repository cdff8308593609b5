"""The faces that speak HTTP: the desk, the public site, the pages of a reader, machine endpoints.

Not here: rules, SQL, facts of their own.
"""
