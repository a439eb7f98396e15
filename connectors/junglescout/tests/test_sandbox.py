"""Every stream against the simulated Jungle Scout, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from kpiterm.plugins import AuthError, Context, Window
from kpiterm.sandbox import Sandbox
from kpiterm_junglescout import probes
from kpiterm_junglescout.connector import JUNGLESCOUT

if TYPE_CHECKING:
    from conftest import Host

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 11, 19, 8, tzinfo=UTC))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(vendors=("junglescout",), days=60, orders_per_day=10, skus=24, throttle=False, now=NOW) as running:
        yield running


@pytest.fixture
def ctx(host: Host, sandbox: Sandbox) -> Context:
    (account,) = sandbox.accounts
    return host.context(sandbox=sandbox.url, settings=account.settings, secrets=account.secrets)


def test_the_account_test_is_content(ctx: Context) -> None:
    assert [probe for probe in probes.test(ctx) if not probe.ok] == []


def test_a_wrong_key_is_refused(host: Host, sandbox: Sandbox) -> None:
    (account,) = sandbox.accounts
    ctx = host.context(sandbox=sandbox.url, settings=account.settings, secrets={"api_key": "wrong-key"})
    with pytest.raises(AuthError):
        host.sync(ctx, "sales-estimates", WINDOW)
    assert not next(iter(probes.test(ctx))).ok


@pytest.mark.parametrize("stream", [stream.name for stream in JUNGLESCOUT.streams])
def test_every_stream_brings_rows_once(host: Host, ctx: Context, stream: str) -> None:
    first, second = host.sync(ctx, stream, WINDOW), host.sync(ctx, stream, WINDOW)
    assert first.rows > 0
    assert [(m.added, m.superseded) for m in second.tables.values()] == [(0, 0)]


def test_sales_are_estimated_for_each_item_and_day(host: Host, ctx: Context) -> None:
    host.sync(ctx, "sales-estimates", WINDOW)
    assert host.rows("select count(*), count(distinct item_id), count(distinct day) from market_estimate "
                     "where metric = 'sales_estimates_units'") == [(6 * 18, 6, 18)]  # fmt: skip


def test_ranks_come_from_all_pages(host: Host, ctx: Context, sandbox: Sandbox) -> None:
    before = len(sandbox.requests)
    host.sync(ctx, "keyword-ranks", WINDOW)
    assert len(sandbox.requests) - before > 1
    keywords, items = host.rows("select count(distinct keyword), count(distinct item_id) from keyword_rank")[0]
    assert (keywords > 20, items) == (True, 6)
