"""Staff: users, roles, what each role may do, invitations and the one-time set-up link.

Not here: subscribers (they are `audience`), screens.
"""
