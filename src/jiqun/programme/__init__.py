"""A pack of files read, checked and held as frozen objects over the clause language."""
