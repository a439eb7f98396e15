"""What the parties agreed."""
