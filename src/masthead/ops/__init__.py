"""Running an installation: health, backup and restore, retention, the deliverability doctor.

Not here: business rules.
"""
