"""Moving whole tables between the database and columns, through ADBC and Arrow.

One rule: on SQLite, ADBC brings its own copy of the SQLite library, and two copies must not hold the same file open
in one process (closing one drops the other's locks). So nothing here runs while this process has the file open
through Django: a command closes its connections first, a server runs the work in a process of its own
(`process.run`).
"""
