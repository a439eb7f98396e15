"""The workspace's data: one private database that one process writes, published as snapshots that anyone may read."""
