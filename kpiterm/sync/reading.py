"""Reads a window's bodies while the window before it is being stored: two connections that take turns, one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kpiterm.sync.spool import Manifest

if TYPE_CHECKING:
    import duckdb

    from kpiterm.plugins import Stream, Window
    from kpiterm.store.engine import Writer
    from kpiterm.sync.protocol import Said
    from kpiterm.sync.work import AccountWork

MOST = 64 << 20  # bytes of two windows: larger ones would contend for DuckDB's memory, and have no need of company

Read = Callable[["duckdb.DuckDBPyConnection", "AccountWork", "Stream", "Window", "Manifest"], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A window whose bodies are in the spool, and what the child said of it."""

    said: Said
    work: AccountWork
    stream: Stream
    window: Window
    manifest: Manifest

    @classmethod
    def of(cls, work: AccountWork, said: Said) -> Fetched:
        stream, windows = next((s, w) for s, w in work.todo if s.name == said.stream)
        assert said.manifest is not None
        return cls(said, work, stream, windows[said.window - 1], Manifest.from_json(said.manifest))

    @property
    def bytes(self) -> int:
        return sum(payload.bytes for payload in self.manifest.payloads)

    def discard(self) -> None:
        """Remove its files."""
        for file in self.manifest.files:
            Path(file.path).unlink(missing_ok=True)


class Reading:
    """At most one window is read ahead. Nothing of it is in the store before its own transaction, so that a window
    whose turn never comes leaves no trace."""

    def __init__(self, writer: Writer, read: Read) -> None:
        self._writer, self._read = writer, read
        self._thread = ThreadPoolExecutor(1, "reading")
        self._free: list[duckdb.DuckDBPyConnection] = []
        self._begun: tuple[Fetched, duckdb.DuckDBPyConnection, Future[None]] | None = None

    def ahead(self, fetched: Fetched, current: Fetched) -> None:
        """Start to read a window while the current one is stored, unless they are large."""
        if fetched.bytes + current.bytes <= MOST:
            self._begin(fetched)

    def _begin(self, fetched: Fetched) -> None:
        self.forget()
        con = self._free.pop() if self._free else self._writer.beside()
        done = self._thread.submit(self._read, con, fetched.work, fetched.stream, fetched.window, fetched.manifest)
        self._begun = fetched, con, done

    @contextmanager
    def turn(self, fetched: Fetched) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection on which the window has been read, for its transaction; raises what reading it raised."""
        if self._begun is None or self._begun[0].said is not fetched.said:
            self._begin(fetched)
        assert self._begun
        (_, con, done), self._begun = self._begun, None
        try:
            done.result()
            yield con
        except BaseException:
            con.close()  # and with it what has been read
            raise
        self._free.append(con)

    def forget(self) -> None:
        """Break off what is being read ahead: its child is gone, or the sync stops."""
        if self._begun:
            (_, con, done), self._begun = self._begun, None
            con.interrupt()
            with suppress(Exception, CancelledError):  # nobody asks any more how it ended
                done.result()
            con.close()

    def close(self) -> None:
        self.forget()
        self._thread.shutdown()
        while self._free:
            self._free.pop().close()
