"""The writer's side of the store. Exactly one process per workspace holds it, under the writer lock."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kpiterm.errors import StoreError
from kpiterm.paths import Paths, private_dir
from kpiterm.plugins.sql import MACROS
from kpiterm.store import journal, snapshot
from kpiterm.store.damage import damaged, first_line
from kpiterm.store.lock import writer_lock
from kpiterm.store.migrate import migrate

if TYPE_CHECKING:
    import duckdb

CONFIG = {
    "storage_compatibility_version": "v1.5.0",  # so that DuckDB 1.5 and 2.0 both read the file
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "checkpoint_threshold": "256MB",  # publishing checkpoints; before that, each would write the last rows anew
}

_CORES = 4  # at most, for as long as a snapshot is made


class Writer:
    """Context manager over the workspace's `work.duckdb`: lock, open, migrate; publishes on demand.

    `derive` is called on the connection before anything is published, to bring what is derived from the facts up to
    date.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        memory_limit: str = "256MB",
        derive: Callable[[duckdb.DuckDBPyConnection], object] | None = None,
    ) -> None:
        self.paths, self._derive = paths, derive
        self._memory_limit = memory_limit
        self._lock = writer_lock(paths.store)
        self._work = paths.store / "work.duckdb"
        self.published_at = 0.0
        self.publish_seconds = 0.0
        self.dirty = False

    def __enter__(self) -> Self:
        private_dir(self.paths.root)
        self._lock.__enter__()
        try:
            snapshot.clean(self.paths.store)
            self._refuse_full_disk()
            self.dirty = self._unpublished()
            self.con = self._open()
            self.published_at = time.monotonic()
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            self.con.close()
        finally:
            self._lock.__exit__(kind, error, tb)
        if error and damaged(error):
            raise self._broken(error) from error

    def _open(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        try:
            # One thread: windows are small, the children fetch beside it, and two took twice the CPU for no less time.
            con = duckdb.connect(str(self._work), config={**CONFIG, "memory_limit": self._memory_limit, "threads": "1"})
            temporary = str(self.paths.spool / "duckdb").replace("'", "''")
            con.execute(f"SET temp_directory = '{temporary}'")
            self.dirty |= migrate(con)
            con.execute(MACROS)  # and the time zone
        except duckdb.Error as error:
            raise self._broken(error) from error
        self._work.chmod(0o600)
        return con

    def _broken(self, error: BaseException) -> StoreError:
        return StoreError(
            f"the store {self._work} cannot be read: {first_line(error)}",
            hint=f"the snapshots beside it are whole: copy {snapshot.current(self.paths.store) or 'a backup'} "
            f"over it and remove {self._work.name}.wal, then run `kpiterm sync` again",
        )

    def _unpublished(self) -> bool:
        """Whether a killed writer committed something after its last publish."""
        current = snapshot.current(self.paths.store)
        if not self._work.exists():
            return True
        wal = self._work.with_name(self._work.name + ".wal")
        return current is None or wal.exists() or self._work.stat().st_mtime > current.stat().st_mtime

    def _refuse_full_disk(self) -> None:
        size = self._work.stat().st_size if self._work.exists() else 0
        need, free = 3 * size + (64 << 20), shutil.disk_usage(self.paths.store).free
        if free < need:
            raise StoreError(
                f"only {free >> 20} MB are free on the disk of {self.paths.store}, a sync may need {need >> 20} MB",
                hint="free some space; nothing was changed",
            )

    def clear_spool(self) -> None:
        """Remove what a killed sync left in the spool; nobody else can be using it."""
        for leftover in private_dir(self.paths.spool).iterdir():
            shutil.rmtree(leftover, ignore_errors=True)

    def beside(self) -> duckdb.DuckDBPyConnection:
        """Another connection to the store, with temporary tables of its own. Whoever asks for it closes it."""
        con = self.con.cursor()
        con.execute(MACROS)
        return con

    @contextmanager
    def transaction(self, con: duckdb.DuckDBPyConnection | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """All of it or none of it, on a connection of `beside` where one is given. One at a time."""
        con = con or self.con
        con.execute("BEGIN")
        try:
            yield con
        except BaseException:
            con.execute("ROLLBACK")
            raise
        con.execute("COMMIT")
        self.dirty = True

    def publish(self) -> Path | None:
        """Make all that is committed visible to readers; None when nothing is new."""
        self.dirty |= journal.fold(self.con, self.paths.journal)
        if not self.dirty:
            return None
        started = time.monotonic()
        with self._all_cores():
            if self._derive:
                self._derive(self.con)
            path = self._copy()
        self.dirty = False
        self.published_at = time.monotonic()
        self.publish_seconds = self.published_at - started
        return path

    @contextmanager
    def _all_cores(self) -> Iterator[None]:
        """While nothing is read beside it."""
        import duckdb

        self.con.execute(f"SET threads = {min(_CORES, os.cpu_count() or 1)}")
        try:
            yield
        finally:
            with suppress(duckdb.Error):  # on a full disk DuckDB refuses all that follows
                self.con.execute("SET threads = 1")

    def _copy(self) -> Path:
        import duckdb

        try:
            self.con.execute("CHECKPOINT")
            return snapshot.publish(self._work)
        except (duckdb.Error, OSError) as error:
            raise StoreError(
                f"no snapshot of {self._work} could be published: {first_line(error)}",
                hint="the last snapshot is whole and what was committed is kept: free some disk space, "
                "then run `kpiterm sync` again",
            ) from error

    def publish_if_due(self) -> Path | None:
        """Publish while a long sync runs, but spend no more than a twentieth of the time on it."""
        if self.dirty and time.monotonic() - self.published_at > max(5.0, 20 * self.publish_seconds):
            return self.publish()
        return None
