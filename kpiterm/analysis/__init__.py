"""What the numbers mean: no I/O but reads of the store."""
