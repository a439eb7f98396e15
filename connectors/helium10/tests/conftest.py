"""A host for the connector, with Helium 10 in the test's hands or in the sandbox: real client, spool and store."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
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
from kpiterm_helium10.connector import HELIUM10

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SETTINGS = {"marketplace": "US"}
SECRETS = {"token": "h10_mcp_secret-value", "market_tracker_key": "mt360-secret-value"}


@dataclass(kw_only=True)
class Host(TestHost):
    """Helium 10 in the test's hands or in the sandbox, and the store that it fills."""

    writer: Writer

    def sync(self, ctx: Context, name: str, window: Window) -> Loaded:
        """A stream's window into the store, as a sync does it."""
        stream = HELIUM10.stream(name)
        assert stream
        (self.directory / "spool").mkdir(exist_ok=True)
        spool = Spool(self.directory / "spool", name)
        try:
            for item in stream.fetch(ctx, window):
                spool.add(item, lineage_only=stream.shape is None)
        finally:
            manifest = spool.close()
        batch = Batch(
            account="h10", channel=ctx.marketplace.channel, source=f"helium10.{name}", run_id="run",
            loaded_at=NOW.replace(tzinfo=None), days=window.days(ctx.tz),
        )  # fmt: skip
        with self.writer.transaction() as con:
            return load(con, manifest, stream.shape, batch, ctx.marketplace)

    def take(self, path: Path, day: date | None = None) -> Report:
        """Import a file as `kpiterm import` does, perhaps with the day as its period."""
        (self.directory / "spool").mkdir(exist_ok=True)
        desk = Desk(
            plugins=load_plugins({"helium10"}), accounts=(), account=None, spool=self.directory / "spool",
            writer=self.writer, period=(day, day) if day else None,
        )  # fmt: skip
        return import_file(desk, path)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.writer.con.execute(sql).fetchall()


OPEN: dict[str, Any] = {"type": "object", "properties": {}}


class FakeMcp:
    """`tools` answer the calls; `schemas` say what they take. `requests` are the messages that came."""

    def __init__(self, tools: Mapping[str, Any], schemas: Mapping[str, Any] | None = None) -> None:
        self.tools, self.schemas = dict(tools), dict(schemas or {})
        self.requests: list[httpx.Request] = []
        self.messages: list[dict[str, Any]] = []
        self.streamed = False
        self.session, self.forget = "session-1", False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        message = json.loads(request.content)
        self.messages.append(message)
        if message["method"] == "initialize":
            return self._reply(message, {"protocolVersion": "2025-06-18"}, {"Mcp-Session-Id": self.session})
        if "id" not in message:
            return httpx.Response(202)
        if self.forget:
            self.forget, self.session = False, "session-2"
            return httpx.Response(404, json={"error": "session not found"})
        if message["method"] == "tools/list":
            listed = [{"name": name, "inputSchema": self.schemas.get(name, OPEN)} for name in self.tools]
            return self._reply(message, {"tools": listed})
        return self._reply(message, self._result(message["params"]))

    def calls(self, tool: str) -> list[dict[str, Any]]:
        """The arguments of each call of a tool."""
        asked = [m["params"] for m in self.messages if m["method"] == "tools/call"]
        return [params["arguments"] for params in asked if params["name"] == tool]

    def _result(self, params: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.tools[params["name"]]
        answer = answer(params["arguments"]) if callable(answer) else answer
        if isinstance(answer, dict) and ("content" in answer or "structuredContent" in answer):
            return answer
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return {"content": [{"type": "text", "text": text}]}

    def _reply(
        self, message: Mapping[str, Any], result: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        body = {"jsonrpc": "2.0", "id": message["id"], "result": result}
        if not self.streamed:
            return httpx.Response(200, json=body, headers=headers)
        remark = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}}
        text = f": hello\r\nevent: message\r\ndata: {json.dumps(remark)}\r\n\r\nid: 7\r\n"
        text += "".join(f"data: {line}\r\n" for line in json.dumps(body, indent=1).split("\n")) + "\r\n"
        return httpx.Response(200, text=text, headers={**(headers or {}), "Content-Type": "text/event-stream"})


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Writer(Paths(tmp_path / "home")) as writer:
        host = Host(
            connector=HELIUM10, directory=tmp_path, settings=SETTINGS, secrets=SECRETS, now=NOW, account="h10",
            writer=writer,
        )  # fmt: skip
        yield host
        host.close()


@pytest.fixture
def fake_mcp() -> type[FakeMcp]:
    """An MCP server of the test's own making."""
    return FakeMcp


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes an export as Helium 10 does, UTF-8 with a byte order mark: name, header, lines."""

    def written(name: str, header: Sequence[str], *lines: Sequence[str]) -> Path:
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows([header, *lines])
        return path

    return written
