"""Mail providers' events: checked and stored as they are posted, read in the background, judged like any report.

Not here: the view that answers the provider (`web.hooks`), opens and clicks.
"""
