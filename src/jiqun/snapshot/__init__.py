"""Facts folder -> checked, wide, columnar snapshot that never changes."""
