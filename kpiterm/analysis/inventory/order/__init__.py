"""What to order: how much of which SKU, by when, with which ship, and why."""
