"""What the vendors say about buyers is nowhere after a sync: not in the home's files, what was said, or an export."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from kpiterm.plugins.facts import TABLES
from kpiterm.sandbox import Sandbox, shopify, walmart
from kpiterm.sandbox.orders import PLACES
from tests.e2e.conftest import Done, Home

if TYPE_CHECKING:
    from kpiterm.sandbox.wire import Request, Response

pytestmark = pytest.mark.e2e

DAYS = 20
AMAZON = ("@marketplace.amazon.com", *(city for city, _, _, _ in PLACES))
CANARIES = {"amazon": AMAZON, "walmart": walmart.CANARIES, "shopify": shopify.CANARIES}
SENT = ("amazon", "walmart")
"""Those that send the buyer along, asked or not. Shopify sends what is asked for, and nothing of it is."""


class Listening(Sandbox):
    """A sandbox that keeps the bodies of its answers, unpacked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.said: list[bytes] = []

    def answer(self, request: Request) -> Response:
        response = super().answer(request)
        self.said.append(unpacked(response.body))
        return response


def unpacked(body: bytes) -> bytes:
    if body[:2] == b"\x1f\x8b":
        return gzip.decompress(body)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    return body


@dataclass
class Synced:
    """A home after a sync, what the vendors said in it, and what kpiterm said in it and in exports afterwards."""

    home: Home
    vendors: bytes
    outputs: tuple[Done, ...]

    @cached_property
    def traces(self) -> dict[str, bytes]:
        """All that a person could read afterwards, by where it is; stores also as text, for they are compressed."""
        files = [file for file in self.home.path.rglob("*") if file.is_file()]
        found = {str(file.relative_to(self.home.path)): unpacked(file.read_bytes()) for file in files}
        for file in files:
            if file.suffix == ".duckdb":
                found[f"rows of {file.name}"] = rows_of(file)
        for number, done in enumerate(self.outputs):
            found[f"output {number}"] = (done.out + done.err).encode()
        return found


def rows_of(store: Path) -> bytes:
    """Every row of every table of a store, as text."""
    with duckdb.connect(store, read_only=True) as con:
        tables = con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        rows = [con.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall() for schema, table in tables]
    return json.dumps(rows, default=str, ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    now = datetime.now(UTC).replace(microsecond=0)
    with Listening(
        vendors=("amazon", "walmart", "shopify"), throttle=False, report_seconds=0.0, days=DAYS, orders_per_day=20,
        skus=8, now=now, lag=False,
    ) as box:  # fmt: skip
        home = Home(tmp_path_factory.mktemp("canaries"))
        home.connect(box, days=DAYS)
        sync = home("sync", "--verbose", "--json")
        assert sync.code == 0, sync.out + sync.err
        exports = [home("query", f"SELECT * FROM {table}", "--json") for table in TABLES]
        assert {done.code for done in exports} == {0}
        others = [home("query", "SELECT * FROM order_line"), home("runs"), home("status")]
        yield Synced(home, b"\n".join(box.said), (sync, *exports, *others))


def written(text: str) -> set[bytes]:
    """The ways in which a text may stand in a file."""
    return {text.encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le"), text.encode("latin-1", "replace")}


@pytest.mark.parametrize("vendor", SENT)
def test_the_vendor_did_send_who_the_buyers_are(synced: Synced, vendor: str) -> None:
    sent = [canary for canary in CANARIES[vendor] if any(form in synced.vendors for form in written(canary))]
    assert len(sent) > len(CANARIES[vendor]) * 0.8


@pytest.mark.parametrize("vendor", CANARIES)
def test_nothing_about_a_buyer_is_left_anywhere(synced: Synced, vendor: str) -> None:
    assert [
        (canary, place)
        for canary in CANARIES[vendor]
        for place, content in synced.traces.items()
        if any(form in content for form in written(canary))
    ] == []


def test_an_order_number_is_found_where_a_buyer_would_be(synced: Synced) -> None:
    """The search finds what is there: the newest order of each channel is in the stores and in the exports."""
    newest = "SELECT max(order_id) FROM order_line WHERE channel <> 'non-amazon' GROUP BY channel"
    for [number] in synced.home.rows(newest):
        places = [place for place, content in synced.traces.items() if str(number).encode() in content]
        assert {place.split()[0] for place in places} >= {"rows", "output"}
