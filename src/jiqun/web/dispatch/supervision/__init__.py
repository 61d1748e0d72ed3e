"""Tasks of the plan and their supervision: milestones, monthly reports, lights, notices, calendar and Gantt."""
