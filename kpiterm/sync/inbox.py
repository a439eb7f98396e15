"""What the children have said, in the order in which it came."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Iterator

from kpiterm.sync.child import Child, Heard
from kpiterm.sync.protocol import Said


class Inbox(queue.Queue[Heard]):
    """A queue whose reader may look at what is still in line."""

    def __init__(self) -> None:
        super().__init__()
        self._line: deque[Heard] = deque()

    def next(self, patience: float) -> Heard:
        """The next thing said; queue.Empty when none comes within so many seconds."""
        return self._line.popleft() if self._line else self.get(timeout=patience)

    def windows(self) -> Iterator[tuple[Child, Said]]:
        """The windows in line."""
        while not self.empty():  # the reader alone takes things out
            self._line.append(self.get_nowait())
        return ((child, said) for child, said in self._line if said and said.type == "window")
