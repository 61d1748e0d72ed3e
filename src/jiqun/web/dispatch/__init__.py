"""The dispatch desk: the overview of all targets and the page of one target."""
