"""A ranking as one self-contained HTML page: tables and SVG charts, nothing loaded from elsewhere, no script."""
