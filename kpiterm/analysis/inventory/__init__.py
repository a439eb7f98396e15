"""Replenishment: what will be asked for, and what to order for it."""
