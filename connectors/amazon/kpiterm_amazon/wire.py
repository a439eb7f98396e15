"""Reading what Amazon answers, and waiting for what it makes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import httpx
import msgspec

from kpiterm.plugins import Context, DataError, TransientError

T = TypeVar("T")
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
PATIENCE = 30 * 60.0


def stamp(moment: datetime) -> str:
    """A moment as the APIs take it; `Z` because a `+` would have to be escaped."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decode(response: httpx.Response, model: type[T]) -> T:
    """The fields of an answer that `model` names; DataError names the call where they are not there."""
    try:
        return msgspec.json.decode(response.content, type=model)
    except msgspec.DecodeError as error:
        raise DataError(
            f"{response.request.method} {response.request.url.path}: {error}",
            hint="Amazon's answer is not what its model says; nothing of this window was stored",
        ) from error


def wait(ctx: Context, what: str, poll: Callable[[], T | None], *, patience: float = PATIENCE) -> T:
    """Asks at growing intervals until `poll` gives an answer; TransientError when `patience` seconds were slept."""
    pause, waited = FIRST_PAUSE, 0.0
    while waited < patience:
        if pause > FIRST_PAUSE * 8:
            ctx.log(f"waiting for {what}: {waited:.0f} s so far")
        ctx.sleep(pause)
        if (answer := poll()) is not None:
            return answer
        waited += pause
        pause = min(pause * 1.5, LONGEST_PAUSE)
    raise TransientError(
        f"{what} is still running after {patience / 60:.0f} minutes", hint="its id is kept: the next sync picks it up"
    )
