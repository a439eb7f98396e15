"""A sync's progress on a terminal: one live line per stream at work."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from kpiterm.events import Progress, Run

if TYPE_CHECKING:
    from rich.live import Live


class Display:
    """Context manager; draws on stderr, and nothing at all when not wanted."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted
        self._live: Live | None = None
        self._lines: dict[tuple[str, str], Progress] = {}

    def __enter__(self) -> Self:
        if self._wanted:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True, highlight=False), refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._live:
            self._live.stop()

    def show(self, event: Progress | Run) -> None:
        """Draw progress; a finished stream leaves the display."""
        if isinstance(event, Progress):
            self._lines[event.account, event.stream] = event
        else:
            self._lines.pop((event.account, event.stream), None)
        if self._live:
            self._live.update("\n".join(describe(p) for p in self._lines.values()))


def describe(event: Progress) -> str:
    """`us-main orders  window 2/5  1,200 rows  3.4 MB  7 requests  about 0:12 left  (waiting …)`."""
    parts = [
        f"{event.account} {event.stream}",
        f"window {event.window}/{event.windows}",
        f"{event.rows:,} rows",
        size(event.bytes),
        f"{event.requests} requests",
    ]
    if event.eta is not None:
        parts.append(f"about {int(event.eta) // 60}:{int(event.eta) % 60:02} left")
    if event.note:
        parts.append(f"({event.note})")
    return "  ".join(parts)


def size(count: int) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count = count / 1000  # type: ignore[assignment]
    return f"{count:.1f} GB"
