"""A host for the connector, with Jungle Scout in the test's hands or in the sandbox: real client, spool and store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from kpiterm.paths import Paths
from kpiterm.plugins import Context, Window
from kpiterm.plugins.http import Stats, open_client
from kpiterm.plugins.limits import Limiter
from kpiterm.plugins.manager import load as load_plugins
from kpiterm.plugins.redact import Redactor
from kpiterm.store.engine import Writer
from kpiterm.store.write import Batch
from kpiterm.sync.imports import Desk, Report, import_file
from kpiterm.sync.normalise import Loaded, load
from kpiterm.sync.spool import Spool
from kpiterm_junglescout.connector import JUNGLESCOUT

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
Answer = Callable[[httpx.Request], httpx.Response]
SETTINGS = {"marketplace": "us", "key_name": "my_key", "asins": "B0EXAMPLE1,B0EXAMPLE2", "keywords": "bath mat",
            "categories": "Home & Kitchen;Pet Supplies"}  # fmt: skip
SECRETS = {"api_key": "the-secret-api-key"}


@dataclass
class Host:
    """What the connector asked (`requests`), and the store that it fills."""

    directory: Path
    writer: Writer
    slept: list[float] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    clients: list[httpx.Client] = field(default_factory=list)

    def context(
        self,
        answer: Answer | None = None,
        *,
        sandbox: str | None = None,
        settings: Mapping[str, str] = SETTINGS,
        secrets: Mapping[str, str] = SECRETS,
    ) -> Context:
        """A run's context; `answer` stands for Jungle Scout, `sandbox` for a server."""
        client = open_client(
            JUNGLESCOUT,
            auth=None,
            limiter=Limiter(
                self.directory / "limits", f"run-{len(self.clients)}", JUNGLESCOUT.rates, sleep=self.slept.append
            ),
            redactor=Redactor(secrets.values()),
            sleep=self.slept.append,
            log=self.logs.append,
            stats=Stats(),
            spool=self.directory / "documents",
            sandbox=sandbox,
            transport=httpx.MockTransport(self._recorded(answer)) if answer else None,
            attempts=2,
        )
        self.clients.append(client)
        context = Context(
            account="js",
            settings=settings,
            secrets=secrets,
            marketplace=JUNGLESCOUT.marketplace(settings),
            http=client,
            now=NOW,
            log=self.logs.append,
            sleep=self.slept.append,
            download=client.download,
            recall=lambda _: None,
            remember=lambda _key, _value: None,
            save_secret=lambda _name, _value: None,
        )
        assert JUNGLESCOUT.auth
        client.auth = JUNGLESCOUT.auth(context)
        return context

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

    def take(self, path: Path) -> Report:
        """Import a file as `kpiterm import` does."""
        spool = self.directory / "spool"
        spool.mkdir(exist_ok=True)
        plugins = load_plugins({"junglescout"})
        return import_file(Desk(plugins=plugins, accounts=(), account=None, spool=spool, writer=self.writer), path)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.writer.con.execute(sql).fetchall()

    def _recorded(self, answer: Answer) -> Answer:
        def handle(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return answer(request)

        return handle


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Writer(Paths(tmp_path / "home")) as writer:
        host = Host(tmp_path, writer)
        yield host
        for client in host.clients:
            client.close()
