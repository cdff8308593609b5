"""Word files (.docx): the XML is put in order first, mammoth makes HTML of it, and what mammoth forgets is put back.

mammoth (chosen over python-docx, which knows nothing of notes or fields) keeps notes, lists, pictures and links. It forgets the
direction and language of paragraphs, and drops whatever it does not know; so `flattening` turns the unknown into the known,
`leaving` names what stays behind, `marking` carries the rest through, and `reading` counts the words at both ends.
"""
