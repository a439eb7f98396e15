"""Benchmarks of the whole product path, side by side with the least that could be done: `make bench`."""
