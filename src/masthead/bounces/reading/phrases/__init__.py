"""What servers write, by the reason it means. Tables only: `matching.py` reads them.

Not here: codes, and any decision beyond "these words mean this reason".
"""
