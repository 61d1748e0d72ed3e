"""A plan as one self-contained HTML page: a Gantt chart by owner and machine, and the orders beside their due dates."""
