"""Moving in from other systems: their data and their old public links.

Not here: rules about consent or sending; it calls the verbs of the packages below. Imported by no one.
"""
