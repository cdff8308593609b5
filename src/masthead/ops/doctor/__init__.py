"""The deliverability doctor: whether receivers will take our mail, and what exactly to publish where they would not.

Not here: the message linter (`issues.preflight`), what came back (`bounces`), anything that asks a third party's blocklist.
"""
