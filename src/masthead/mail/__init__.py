"""One MIME message and its way out: headers, encodings, DKIM, transports, the built-in inbox, suppression.

Not here: subscribers, campaigns, any opinion on why a mail is sent.
"""
