"""Forward to a friend, beyond the plain mailto link every mail carries: the copy, its limits, and who wants none.

Not here: sharing on networks (those are plain links built in `common`), the form itself.
"""
