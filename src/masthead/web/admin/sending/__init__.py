"""The screens between a finished issue and its last reader: send desk, progress, report."""
