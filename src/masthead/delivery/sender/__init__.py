"""The sender: what happens while a range is worked on. Lanes hand mails over, a clerk writes, a feeder brings the next rows.

One thread runs the event loop with all lanes; a second one has the only connection to the database (the clerk). Whatever dies
at whatever moment, the ledger then names the mails of which nobody can know.
"""
