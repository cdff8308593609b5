"""The screens of the house itself: publications, people, activity, first run."""
