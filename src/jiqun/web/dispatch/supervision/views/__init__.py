"""Pages of tasks, notices, calendar."""
