"""Files of LibreOffice Writer (.odt, OASIS OpenDocument 1.3) → HTML, by one walk over their text."""
