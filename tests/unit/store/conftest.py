"""A workspace of its own for every test, and small ways to fill it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kpiterm.paths import Paths
from kpiterm.plugins import Output, facts
from kpiterm.store.engine import Writer
from kpiterm.store.read import Reader
from kpiterm.store.write import Batch, Merged, merge

DAY = date(2026, 11, 1)


@dataclass
class Workspace:
    """A store with its one writer, which stays open until the test ends."""

    paths: Paths
    open: list[Writer] = field(default_factory=list)

    @property
    def writer(self) -> Writer:
        if not self.open:
            self.open.append(Writer(self.paths).__enter__())
        return self.open[0]

    def close(self) -> None:
        while self.open:
            self.open.pop().__exit__(None, None, None)

    def merge(self, table: str, replaces: Sequence[str], rows: Sequence[Mapping[str, Any]], **batch: Any) -> Merged:
        """Merge rows as a stream would give them; `_payload` says which of its bodies a row came in (else 1)."""
        types = {c.name: c.type for c in facts.TABLES[table].all_columns} | {"_payload": "INTEGER"}
        used = ["_payload", *sorted({name for row in rows for name in row} - {"_payload"})]
        shared = {"account": "us", "channel": "amazon.com", "source": "test.rows", "run_id": "run-1"}
        with self.writer.transaction() as con:
            con.execute(f"CREATE OR REPLACE TEMP TABLE source ({', '.join(f'{n} {types[n]}' for n in used)})")
            con.execute("CREATE OR REPLACE TEMP TABLE payloads (seq INTEGER, sha256 VARCHAR)")
            con.execute("INSERT INTO payloads SELECT n, 'sha-' || n FROM range(1, 10) AS r(n)")
            if rows:
                one = f"({', '.join('?' * len(used))})"
                cells = [row.get(name, 1 if name == "_payload" else None) for row in rows for name in used]
                con.execute(f"INSERT INTO source VALUES {', '.join([one] * len(rows))}", cells)
            output = Output(into=table, select="SELECT * FROM source", replaces=tuple(replaces))
            return merge(con, output, Batch(**(shared | {"loaded_at": datetime.fromisoformat("2026-11-02")} | batch)))

    def clear(self, *tables: str) -> None:
        """Forget everything in the tables and their histories."""
        for table in tables:
            self.writer.con.execute(f"DELETE FROM {table}; DELETE FROM {table}_history")

    def traffic(self, sessions: Mapping[date, int], at: datetime) -> Path:
        """Sessions of some days, loaded at a naive UTC moment and published."""
        rows = [{"day": day, "level": "account", "sessions": n} for day, n in sessions.items()]
        self.merge("traffic_day", ["window:day"], rows, days=list(sessions), loaded_at=at)
        path = self.writer.publish()
        assert path
        return path

    def read(self, sql: str, *, as_of: datetime | None = None) -> list[tuple[object, ...]]:
        with Reader(self.paths, as_of=as_of.replace(tzinfo=UTC) if as_of else None) as reader:
            return reader.rows(sql)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    found = Workspace(Paths(tmp_path / "kpiterm's home"))  # with a quote, which SQL texts must survive
    yield found
    found.close()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One for a whole module: opening a writer is what takes the time. `clear` empties its tables."""
    found = Workspace(Paths(tmp_path_factory.mktemp("lasting")))
    yield found
    found.close()
