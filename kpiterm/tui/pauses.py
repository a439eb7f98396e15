"""What holds up the event loop from within the process, kept short: other threads' turns and the search for garbage."""

from __future__ import annotations

import gc
import sys

_TURN = 0.0005
"""Seconds of Python that a thread gets at a time while the loop waits, a tenth of the usual: a key takes the loop many
turns, each of which a page that is being computed may delay by so much."""
_YOUNG, _MIDDLE, _NEVER = 2000, 20, 1_000_000


def hold() -> None:
    """Search for no garbage until `begin`: what a start loads stays anyway, and a sixth of its time goes into that."""
    gc.disable()


def begin() -> None:
    """From now on what has lived long is searched by `tidy` alone, without what is there now: that stays anyway."""
    sys.setswitchinterval(_TURN)
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
    gc.freeze()
    gc.enable()


def begun() -> bool:
    """Whether this process has begun: the functions below do nothing elsewhere."""
    return gc.get_threshold()[2] == _NEVER


def keep() -> None:
    """What a page holds need not be searched: it goes when another takes its place. Forty thousand SKUs are a third of
    a second."""
    if begun():
        gc.freeze()


def tidy() -> None:
    """Free what nothing refers to but itself, such as screens that were closed."""
    if begun():
        gc.collect()
