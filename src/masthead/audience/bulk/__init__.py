"""Actions of staff on many readers: begun with a filter or chosen readers, worked off by rows, taken back as a whole.

An action first writes a row for each reader it means, so that how many there are cannot change under way; each batch of rows is
one transaction, so that it goes on where it was interrupted.
"""
