"""The terminal screens: they draw a frozen View and start a sync in another process; they never write."""

import os

# Textual paints what a key has changed in its next frame. One in which nothing changed costs nothing, and what a slow
# line cannot take is left out by the driver.
os.environ.setdefault("TEXTUAL_FPS", "240")
