"""How dates and times are written where Django writes them as in the United States; the other languages are Django's own."""
