"""Publications and issues: content blocks, numbering, pre-flight checks, editions.

The only inner package that imports Wagtail. Not here: recipients, sending.
"""
