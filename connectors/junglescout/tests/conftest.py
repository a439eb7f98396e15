"""A host for the connector, with Jungle Scout in the test's hands or in the sandbox: real client, spool and store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kpiterm.paths import Paths
from kpiterm.plugins import Context, Window
from kpiterm.plugins.manager import load as load_plugins
from kpiterm.plugins.testing import Host as TestHost
from kpiterm.store.engine import Writer
from kpiterm.store.write import Batch
from kpiterm.sync.imports import Desk, Report, import_file
from kpiterm.sync.normalise import Loaded, load
from kpiterm.sync.spool import Spool
from kpiterm_junglescout.connector import JUNGLESCOUT

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SETTINGS = {"marketplace": "us", "key_name": "my_key", "asins": "B0EXAMPLE1,B0EXAMPLE2", "keywords": "bath mat",
            "categories": "Home & Kitchen;Pet Supplies"}  # fmt: skip
SECRETS = {"api_key": "the-secret-api-key"}


@dataclass(kw_only=True)
class Host(TestHost):
    """Jungle Scout in the test's hands or in the sandbox, and the store that it fills."""

    writer: Writer

    def sync(self, ctx: Context, name: str, window: Window) -> Loaded:
        """A stream's window into the store, as a sync does it."""
        stream = JUNGLESCOUT.stream(name)
        assert stream
        (self.directory / "spool").mkdir(exist_ok=True)
        spool = Spool(self.directory / "spool", name)
        try:
            for item in stream.fetch(ctx, window):
                spool.add(item, lineage_only=stream.shape is None)
        finally:
            manifest = spool.close()
        batch = Batch(
            account="js", channel=ctx.marketplace.channel, source=f"junglescout.{name}", run_id="run",
            loaded_at=NOW.replace(tzinfo=None), days=window.days(ctx.tz),
        )  # fmt: skip
        with self.writer.transaction() as con:
            return load(con, manifest, stream.shape, batch, ctx.marketplace)

    def take(self, path: Path, day: date | None = None) -> Report:
        """Import a file as `kpiterm import` does, perhaps with the day as its period."""
        spool = self.directory / "spool"
        spool.mkdir(exist_ok=True)
        plugins = load_plugins({"junglescout"})
        days = (day, day) if day else None
        desk = Desk(plugins=plugins, accounts=(), account=None, spool=spool, writer=self.writer, period=days)
        return import_file(desk, path)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.writer.con.execute(sql).fetchall()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Writer(Paths(tmp_path / "home")) as writer:
        host = Host(
            connector=JUNGLESCOUT, directory=tmp_path, settings=SETTINGS, secrets=SECRETS, now=NOW, account="js",
            writer=writer,
        )  # fmt: skip
        yield host
        host.close()
