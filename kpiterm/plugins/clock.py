"""The clock that quotas, tokens and waits run on: the machine's, or a faster one, to test quotas in a sandbox.

`KPITERM_CLOCK="60 -1.05e11"` makes it sixty times the machine's seconds since the epoch plus that offset, in every
process alike; `Sandbox(speed=60).clock.setting` is the text that agrees with the sandbox's own clock.
"""

from __future__ import annotations

import os
import time as machine
from datetime import UTC, datetime
from typing import Final

VARIABLE: Final = "KPITERM_CLOCK"
USUAL: Final = "1.0 0.0"


def _read(text: str) -> tuple[float, float]:
    try:
        speed, offset = map(float, text.split())
    except ValueError:
        speed = offset = 0.0
    if not speed > 0:
        raise ValueError(f"{VARIABLE}={text!r}: write a speed above 0 and an offset in seconds, or unset it")
    return speed, offset


SPEED, _OFFSET = _read(os.environ.get(VARIABLE) or USUAL)


def time() -> float:
    """Seconds since the epoch."""
    return machine.time() * SPEED + _OFFSET


def monotonic() -> float:
    """Seconds on a clock that nobody sets back."""
    return machine.monotonic() * SPEED


def now() -> datetime:
    """The moment, aware UTC."""
    return datetime.fromtimestamp(time(), UTC)


def real(seconds: float) -> float:
    """How long the machine has to wait for so many seconds of this clock."""
    return seconds / SPEED
