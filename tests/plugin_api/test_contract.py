"""The contract kit: a sound connector passes it, and its authors get the same host to test with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import httpx

from kpiterm.plugins import Context, Payload, Window
from kpiterm.plugins.marketplaces import MARKETPLACES
from kpiterm.plugins.testing import ConnectorContract, make_context
from kpiterm.plugins.testing import sql as checked_sql
from kpiterm.plugins.testing.pytest_plugin import kpiterm_context as kpiterm_context  # a fixture
from tests.plugin_api.acme import ACME, API, acme, fetch_orders


class TestSoundConnector(ConnectorContract):
    connector = ACME

    def responses(self, request: httpx.Request) -> httpx.Response:
        return acme(request)


class TestDeclarationsAlone(ConnectorContract):
    """Without answers the streams' tests are skipped and the others run."""

    connector = replace(ACME, auth=None, test=None)
    settings: ClassVar[dict[str, str]] = {"shop": "example"}


def test_authors_get_a_context_over_a_function(tmp_path: Path) -> None:
    state: dict[str, str] = {}
    ctx = make_context(ACME, acme, tmp_path=tmp_path, settings={"shop": "mine"}, state=state)
    payload, _ = fetch_orders(ctx, Window(ctx.now - timedelta(days=1), ctx.now))
    assert isinstance(payload, Payload)
    ctx.remember("report", "r-1")
    assert (ctx.recall("report"), state, payload.extra) == ("r-1", {"report": "r-1"}, {"_shop": "mine"})
    ctx.remember("report", None)
    assert ctx.recall("report") is None


def test_waits_in_that_context_take_no_time(tmp_path: Path) -> None:
    ctx = make_context(ACME, acme, tmp_path=tmp_path)
    for _ in range(50):  # 490 seconds of quota
        ctx.http.get(f"{API}/orders")
    ctx.sleep(86_400)


def test_the_fixture_makes_the_same_context(kpiterm_context: Callable[..., Context]) -> None:
    assert kpiterm_context(ACME, acme).http.get(f"{API}/health").json() == {"late": 3}


def test_the_checked_sql_runs_with_the_accounts_own_variables() -> None:
    con = checked_sql.connection(MARKETPLACES["amazon.co.jp"], account="tokyo")
    sql = "select getvariable('account'), getvariable('channel'), getvariable('timezone'), getvariable('currency')"
    assert con.execute(sql).fetchall() == [("tokyo", "amazon.co.jp", "Asia/Tokyo", "JPY")]
    con.close()
