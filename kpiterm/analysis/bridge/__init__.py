"""Bridges from another source's number to ours: what differs, step by step, and what nothing explains."""
