"""Booking time on a shared resource: its rules, all problems of a request at once, free times, the waiting list."""
