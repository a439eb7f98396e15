"""History that a vendor keeps back is said by the sync, kept with the run, and shown until it has been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kpiterm.config import Account, save_account

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

SHORT = """
def orders(ctx, window):
    if window.start < ctx.now - timedelta(days=60) and "scope" not in ctx.settings:
        yield Note("order history is truncated: 60 days only, asked with " + ctx.secrets["token"])
    yield Row("health_metric", {"day": window.end.date(), "metric": "orders", "segment": "all", "numerator": 1})

def kept(ctx, window):
    yield Row("health_metric", {"day": window.end.date(), "metric": "kept", "segment": "all", "numerator": 1})

CONNECTOR = connector(
    secrets=(Secret(name="token", help="the token"),), settings=(Setting(name="scope", help="what is granted"),),
    streams=(
        Stream(name="orders", title="Orders", fetch=orders, lookback=timedelta(minutes=5),
               history=timedelta(days=90), max_window=timedelta(days=45)),
        Stream(name="kept", title="Kept", fetch=kept, history=timedelta(days=7), retention=timedelta(days=7)),
    ),
)
"""


@pytest.mark.e2e
def test_a_truncated_history_is_never_silent(home: Home) -> None:
    home.plugin("short", SHORT)
    home.declare("mine", "short", token="hush-hush-99")
    first = home("sync", "mine", "--json")
    assert first.code == 0, first.err
    said = "order history is truncated: 60 days only, asked with ***"
    assert {stream: run["note"] for (_, stream), run in first.runs().items()} == {
        "orders": said, "kept": None, "days": None,
    }  # fmt: skip
    home("sync", "mine", "--stream", "orders")
    told = {run["run_id"]: run for run in home("runs", "--json").json["runs"]}
    notes = [run["note"] for run in told.values() if run["stream"] == "orders"]
    assert notes == [None, said], "an incremental run reads nothing that is truncated"
    assert said in home("runs").out
    assert f"mine orders: {said}" in home("account", "list").err
    streams = {s["name"]: s for s in home("status", "--json").json["accounts"][0]["streams"]}
    assert (streams["orders"]["status"], streams["orders"]["note"]) == ("ok", said)
    assert not home.files_with("hush-hush-99")

    save_account(home.paths, Account(name="mine", connector="short", settings={"scope": "all"}))
    assert home("sync", "mine", "--stream", "orders", "--full").code == 0
    assert home("account", "list").err == ""


@pytest.mark.e2e
def test_what_a_vendor_no_longer_keeps_is_said_by_the_host(home: Home) -> None:
    home.plugin("short", SHORT)
    home.declare("mine", "short", token="hush-hush-99")
    done = home("sync", "mine", "--stream", "kept", "--since", "2026-01-01")
    assert "mine kept: history is truncated: the vendor shows the last 7 days only, so nothing of 2026" in done.err
