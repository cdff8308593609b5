"""The screens of what came back: the list, one finding, an issue as a plot, the rules, the alarms."""
