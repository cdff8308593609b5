"""Manuscripts: a file as a writer hands it in → neutral pieces, footnotes, and a report of everything that was left out.

Pure readers: no database, no network, no settings. `masthead.issues.drafting` makes an issue of what they found. Each word of the
source is in a piece, in a note, in the front matter or in the report.
"""
