"""The terminal screens: they draw a frozen View and start a sync in another process; they never write."""
