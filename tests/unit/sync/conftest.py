"""Bodies on their way into a store in memory, as a stream's windows bring them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpiterm.plugins import Payload, Shape
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.sql import MACROS
from kpiterm.store.migrate import migrate
from kpiterm.store.write import Batch
from kpiterm.sync.normalise import Loaded, load, source_sql
from kpiterm.sync.spool import Manifest, Spool


@dataclass
class Desk:
    """A spool directory and a store. Every window has files of its own, as in a sync."""

    directory: Path
    con: duckdb.DuckDBPyConnection
    windows: int = 0
    manifests: list[Manifest] = field(default_factory=list)

    def spool(self, *items: object, lineage_only: bool = False) -> Manifest:
        self.windows += 1
        spool = Spool(self.directory, f"orders-{self.windows}")
        try:
            for item in items:
                spool.add(item, lineage_only=lineage_only)
        finally:
            self.manifests.append(spool.close())
        return self.manifests[-1]

    def source(self, columns: Mapping[str, str], *payloads: Payload) -> list[dict[str, Any]]:
        """The rows of `source` as DuckDB reads the payloads with the declared columns."""
        sql = source_sql(self.spool(*payloads).files, Shape(columns=columns, outputs=()))
        result = self.con.execute(sql)
        names = [d[0] for d in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def load(self, shape: Shape | None, *items: object, lineage_only: bool = False, **batch: Any) -> Loaded:
        shared = {"account": "us", "channel": "amazon.com", "source": "acme.orders", "run_id": "run-1"}
        at = {"loaded_at": datetime.fromisoformat("2026-11-02")}
        manifest = self.spool(*items, lineage_only=lineage_only)
        self.con.execute("BEGIN")
        try:
            done = load(self.con, manifest, shape, Batch(**(shared | at | batch)), MARKETPLACES["amazon.com"])
        except BaseException:
            self.con.execute("ROLLBACK")
            raise
        self.con.execute("COMMIT")
        return done

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    con = duckdb.connect(":memory:", config={"threads": 1})
    con.execute(MACROS)
    migrate(con)
    yield Desk(tmp_path, con)
    con.close()
