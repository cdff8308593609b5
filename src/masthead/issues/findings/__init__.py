"""What is wrong with an issue, as pure functions: one topic a module, each function asks one question of what would be sent.

They read values, never the database or the network. `masthead.issues.preflight` gathers what they need and orders the answers.
"""
