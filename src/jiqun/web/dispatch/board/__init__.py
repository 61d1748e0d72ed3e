"""The targets board: every target with its history and forecast, coverage matrices, and shares of counties."""
