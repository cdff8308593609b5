"""The ways out: one folder per transport, and `choosing`, which says by which one mail leaves.

`base` holds the contract of a lane and its errors. Not here: which mail is sent, in what order, and what a refusal means.
"""
