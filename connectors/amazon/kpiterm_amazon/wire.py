"""Reading what Amazon answers, and waiting for what it makes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import httpx
import msgspec

from kpiterm.plugins import Context, DataError, TransientError

T = TypeVar("T")
SIDE_BY_SIDE = 15  # reports, and queries, that a seller may ask for at once
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
PATIENCE = 30 * 60.0
REPEATABLE = {"idempotent": True}
"""For requests that make a report: one that is made twice, where an answer was lost, costs nothing but quota."""


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
    """Asks until `poll` gives an answer, at intervals of a tenth of the wait, so that no more than that is lost at its
    end; TransientError when `patience` seconds were slept."""
    waited = 0.0
    while waited < patience:
        pause = min(max(FIRST_PAUSE, waited / 10), LONGEST_PAUSE)
        if waited >= 60 and waited % 60 < pause:  # once a minute
            ctx.log(f"waiting for {what}: {waited:.0f} s so far")
        ctx.sleep(pause)
        if (answer := poll()) is not None:
            return answer
        waited += pause
    raise TransientError(
        f"{what} is still running after {patience / 60:.0f} minutes", hint="its id is kept: the next sync picks it up"
    )
