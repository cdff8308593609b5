"""All SQL of the delivery ledger, for SQLite and for PostgreSQL, and nothing else: no rendering, no network, no policy.

Raw SQL has a reason here: a million rows are written, counted and moved by single statements, and the commit before each final
dot is the hottest statement of the product. Each function works on the calling thread's own connection.
"""
