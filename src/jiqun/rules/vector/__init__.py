"""Compiled rules run in cache-sized blocks, where a database would walk each column once for every operation."""
