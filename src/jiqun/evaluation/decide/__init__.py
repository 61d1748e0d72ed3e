"""Decision methods over a table of units × criteria: bare kernels, each with its conventions named."""
