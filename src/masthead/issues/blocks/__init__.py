"""The twelve content blocks, one module each: a frozen value that can show itself as web page, mail and plain text.

Pure: no database, no request, no settings. A thirteenth block needs a decision record.
"""
