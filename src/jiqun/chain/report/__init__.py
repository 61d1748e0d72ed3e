"""A chain as one self-contained HTML page: the map (ECharts, inlined) and its tables."""
