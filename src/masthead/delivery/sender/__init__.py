"""The sender: what happens while a range is worked on. Lanes hand mails over, a clerk writes, a feeder brings the next rows.

One thread runs the event loop with all lanes, and on SQLite makes the commits, too; the clerk's thread has a connection for
everything else. Whatever dies at whatever moment, the ledger then names the mails of which nobody can know.
"""
