"""The cultivation desk: firms, what each can get, and the way to the next title."""
