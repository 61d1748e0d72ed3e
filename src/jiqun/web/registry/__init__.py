"""The records of the programme: places, clusters, parties, figures, titles, reviews, register entries."""
