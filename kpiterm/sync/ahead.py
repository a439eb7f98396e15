"""Orders the reports of several streams before any of them is waited for, so that the vendor makes them side by side.

A fetch is begun and broken off at its first wait. That leaves behind what a killed run would, the ids that the
connector remembered before it waited, and the fetch proper goes on with them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from kpiterm.plugins import AccessError, Context, DataError, Payload, Stream, Window
from kpiterm.sync.resume import Resume

_NO_WINDOW = -1


class BegunError(BaseException):
    """The fetch has come to its first wait; a connector that expects errors must not catch it."""


class Ahead:
    """What of a run can be ordered before its turn: nothing where a stream has a backlog of windows, for the streams
    before it in the connector's order must not wait for the quota that the later ones use up."""

    def __init__(self, works: Sequence[tuple[Stream, Sequence[Window]]], resume: Resume) -> None:
        backlog = any(len(windows) != 1 for _, windows in works)
        self._waiting = [] if backlog else [(stream, windows[0]) for stream, windows in works if stream.ahead]
        self._begun: list[Stream] = []
        self._resume = resume

    def order(self, context: Context) -> None:
        """Begin every stream that its vendor may work on now. Failures are left for the fetches to meet and to tell."""
        for stream, window in list(self._waiting):
            if sum(other.ahead == stream.ahead for other in self._begun) >= stream.ahead:
                continue
            self._waiting.remove((stream, window))
            self._begun.append(stream)
            self._resume.window = _NO_WINDOW
            try:
                _begin(stream, replace(context, sleep=_stop), window)
            except (BegunError, AccessError, DataError):
                pass
            except Exception as error:  # noqa: BLE001 (whatever it is, the fetch proper will meet it too)
                context.log(f"{stream.name} could not be ordered ahead: {error}")
                self._waiting.clear()
            self._resume.failed()
            if not self._waiting:
                return

    def taken(self, stream: Stream) -> None:
        """The stream's turn has come and gone."""
        self._begun = [other for other in self._begun if other is not stream]
        self._waiting = [(other, window) for other, window in self._waiting if other is not stream]


def _begin(stream: Stream, context: Context, window: Window) -> None:
    with contextlib.ExitStack() as stack:
        fetched = stream.fetch(context, window)
        if close := getattr(fetched, "close", None):
            stack.callback(close)
        # An item means that all is made already, by order of an earlier run; the fetch proper finds it again.
        item = next(iter(fetched), None)
        if isinstance(item, Payload) and isinstance(item.body, Path):
            item.body.unlink(missing_ok=True)


def _stop(_seconds: float) -> NoReturn:
    raise BegunError
