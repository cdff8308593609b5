"""Forward to a friend, beyond the plain mailto link every mail carries.

Not here: sharing on networks (those are plain links built in `common`).
"""
