"""One module per command; each module's `command` is a click command named as the module."""
