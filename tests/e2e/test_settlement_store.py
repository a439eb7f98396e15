"""A month settled on a real store: closed for good, replayed after restatements, and true to the rows behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.analysis.contract.agreed import text

if TYPE_CHECKING:
    from kpiterm.sandbox import Sandbox
    from tests.e2e.conftest import Done, Home, Shop

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("shop")]

LAST = date.today().replace(day=1) - timedelta(days=1)  # noqa: DTZ011 (the month that is over wherever one is)
MONTH = f"{LAST:%Y-%m}"
OTHER_GROWTH = """
[kpi.gmv_mom]
version = 2
kind = "growth"
unit = "ratio"
direction = "up"
name = { en = "Growth of units", zh = "销量环比" }
sentence = { en = "Units over those of the month before, less one.", zh = "本月销量 ÷ 上月销量 − 1。" }
basis = "as units"
of = "units"
"""
EARLIER = {"effective_from = 2026-09-01": "effective_from = 2020-01-01", 'baseline = "300000"': 'baseline = "100"'}


def agree(home: Home, changes: dict[str, str] | None = None) -> Path:
    file = home.paths.contracts / "seller.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text(EARLIER | (changes or {})))
    return file


def settle(home: Home, *options: object) -> Done:
    done = home("contract", "settle", "--period", MONTH, "--json", *options)
    assert done.code == 0, done.err
    return done


def line(document: dict[str, Any], code: str) -> dict[str, Any]:
    return next(found for found in document["lines"] if found["code"] == code)


def test_a_closed_statement_replays_byte_for_byte_after_restatements(
    home: Home, open_box: Callable[..., Sandbox], tmp_path: Path
) -> None:
    box = open_box(days=75, orders_per_day=5, now=datetime.now(UTC).replace(microsecond=0))
    home.connect(box, days=75)
    agree(home)
    assert home("sync", "--stream", "orders").code == 0
    assert home("kpi", "enter", "response_p90_h", "9.5", "--period", MONTH).code == 0
    draft = settle(home).json
    closed = settle(home, "--close")
    then = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert {k: draft[k] for k in ("lines", "kpis", "total")} == {k: closed.json[k] for k in ("lines", "kpis", "total")}
    file = home.paths.root / "statements" / f"seller-us-{MONTH}.json"
    assert file.read_text() == closed.out
    assert file.stat().st_mode & 0o077 == 0

    box.clock.move(timedelta(days=30))
    assert home("sync", "--stream", "orders", "--full", "--force").code == 0
    assert home("kpi", "enter", "response_p90_h", "20", "--period", MONTH).code == 0
    agree(home, {'base_fee = "8000"': 'base_fee = "9000"'})
    for options in ([], ["--as-of", then], ["--as-of", closed.json["as_of"]]):
        assert settle(home, *options).out == closed.out, options
    assert home("contract", "verify", file).code == 0
    assert home("log", "--verify").code == 0
    again = home("contract", "settle", "--period", MONTH, "--close")
    assert (again.code, "was closed" in again.err) == (2, True)

    # What the figures mean was changed since: no other number is passed off as the one that was closed.
    own = home.paths.kpis / "own.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(OTHER_GROWTH, "utf-8")
    moved = home("contract", "settle", "--period", MONTH, "--as-of", then)
    assert (moved.code, "comes to sha256:" in moved.err, "KPI file" in moved.err) == (4, True, True)
    own.unlink()

    file.write_text(closed.out.replace('"base_fee":"8000"', '"base_fee":"8001"'))
    assert home("contract", "verify", file).code == 5
    broken = home("contract", "settle", "--period", MONTH)
    assert (broken.code, str(file) in broken.err) == (4, True)


def test_the_next_statement_names_the_one_before(shop: Shop, tmp_path: Path) -> None:
    home = copied(shop, tmp_path)
    agree(home)
    before = f"{LAST.replace(day=1) - timedelta(days=1):%Y-%m}"
    first = home("contract", "settle", "--period", before, "--close", "--json").json
    second = settle(home, "--close").json
    assert (first["previous"], second["previous"]) == (None, first["hash"])
    assert second["log"]["seq"] == 1
    [entry, _] = home("log", "--json").json["entries"]
    assert entry["detail"]["hash"] == first["hash"]
    folder = home.paths.root / "statements"
    assert home("contract", "verify", *folder.iterdir()).code == 0
    this_month = home("contract", "settle", "--period", f"{date.today():%Y-%m}", "--close")  # noqa: DTZ011
    assert (this_month.code, "not over" in this_month.err) == (2, True)


def copied(shop: Shop, tmp_path: Path) -> Home:
    """A home of its own with the data of the synced shop, which is only read."""
    import shutil

    from tests.e2e.conftest import Home

    home = Home(tmp_path)
    shutil.copytree(shop.home.path, home.path, ignore=shutil.ignore_patterns("lock"))
    home.environment |= {k: v for k, v in shop.home.environment.items() if k.startswith("KPITERM_SECRET")}
    return home


def test_the_sales_are_those_of_the_rows(shop: Shop, tmp_path: Path) -> None:
    home = copied(shop, tmp_path)
    agree(home, {'reset = "monthly"': 'reset = "monthly"\nexclude = { kinds = ["tax", "shipping"] }'})
    found = settle(home).json
    first = LAST.replace(day=1)
    sold = (
        f"business_day BETWEEN DATE '{first}' AND DATE '{LAST}' AND status <> 'cancelled' AND channel <> 'non-amazon'"
    )
    [[sales, lines]] = home.rows(
        f"SELECT sum(item_price - coalesce(discount, 0)), count(*) FROM order_line WHERE {sold}"
    )
    [[refunds, refunded]] = home.rows(
        "SELECT coalesce(sum(amount), 0), count(*) FROM refund_line WHERE business_day(refunded_at, channel) "
        f"<= DATE '{LAST}' AND order_id IN (SELECT order_id FROM order_line WHERE {sold})"
    )
    assert Decimal(line(found, "commission")["inputs"]["sales"]) == Decimal(sales) - Decimal(refunds)
    [amount] = found["values"]["net_sales"]
    assert (amount["order_lines"], amount["refund_lines"]) == (lines, refunded)
    payloads = {f"sha256:{row[0]}" for row in home.rows("SELECT sha256 FROM payload")}
    assert set(line(found, "commission")["evidence"][1:]) <= payloads
    assert line(found, "commission")["evidence"][1:]
    acos = next(k for k in found["kpis"] if k["id"] == "acos")
    shown = home("kpi", "show", "acos", "--period", MONTH, "--json").json["kpis"][0]
    assert abs(Decimal(acos["value"]) - Decimal(shown["value"])) < Decimal("1e-6")
    assert found["values"]["kpis"]["acos"]["hash"] == shown["definition"]["hash"]


def test_without_a_store_nothing_but_the_fee_is_settled(home: Home) -> None:
    agree(home)
    found = settle(home).json
    assert (found["status"], found["total"], found["score"]) == ("held", "8000.00", None)
    assert all(kpi["reason"] for kpi in found["kpis"])


def test_contracts_that_cannot_be_meant_are_told_apart(home: Home) -> None:
    none = home("contract", "settle", "--period", MONTH)
    assert (none.code, "kpiterm init" in none.err) == (2, True)
    file = agree(home)
    (file.parent / "other.toml").write_text(text().replace("seller-us", "other"))
    several = home("contract", "settle", "--period", MONTH)
    assert (several.code, "other.toml" in several.err) == (2, True)
    assert home("contract", "settle", file, "--period", MONTH).code == 0


def test_a_dispute_withholds_the_difference_and_its_end_books_the_rest(shop: Shop, tmp_path: Path) -> None:
    home = copied(shop, tmp_path)
    agree(home)
    for kpi, value in (("gmv_mom", "0.16"), ("odr", "0.003"), ("response_p90_h", "14")):
        assert home("kpi", "enter", kpi, value, "--period", MONTH).code == 0
    before = settle(home).json
    claim = ["--period", MONTH, "--party", "client", "--claim", "response_p90_h=24"]
    assert home("contract", "dispute", "open", *claim, "--note", "autoreplies").code == 0
    plan = tmp_path / "plan.txt"
    plan.write_text("staff the weekend desk")
    answer = ["--period", MONTH, "--party", "provider", "--attach", plan]
    assert home("contract", "dispute", "explain", *answer).code == 0
    [open_] = home("contract", "dispute", "--json").json["disputes"]
    assert (open_["state"], open_["claims"]) == ("explained", {"client": {"response_p90_h": "24"}})
    assert open_["log"][1]["attached"][0]["name"] == "plan.txt"

    disputed = settle(home, "--close").json
    paid, escrow = Decimal(disputed["total"]), Decimal(disputed["escrow"])
    assert (disputed["status"], paid + escrow, escrow > 0) == ("disputed", Decimal(before["total"]), True)
    assert disputed["dispute"]["due"] == open_["due"]

    assert home("contract", "dispute", "resolve", "--period", MONTH, "--value", "response_p90_h=14").code == 0
    assert home("contract", "dispute", "--json").json["disputes"][0]["state"] == "resolved"
    now = home("contract", "settle", "--period", f"{date.today():%Y-%m}", "--json").json  # noqa: DTZ011
    assert Decimal(line(now, "adjustment")["amount"]) == escrow
    assert settle(home).json == disputed, "what was closed stays"


def test_relief_and_suspension_reach_the_statement(shop: Shop, tmp_path: Path) -> None:
    home = copied(shop, tmp_path)
    file = agree(home)
    file.write_text(file.read_text() + '\n[terms.relief]\ncap = "1"\n')
    assert home("kpi", "enter", "gmv_mom", "0.0465", "--period", MONTH).code == 0
    same = ["--period", MONTH, "--kpi", "gmv_mom", "--share", "0.09", "--cause", "stock_out", "--fault", "client"]
    for side, applied in (("seller", "0"), ("provider", "0.09")):
        assert home("contract", "dispute", "relief", *same, "--side", side).code == 0
        assert settle(home).json["kpis"][0]["relief"]["applied"] == applied
    assert home("contract", "dispute", "suspend", "--from", LAST.replace(day=11)).code == 0
    assert home("contract", "dispute", "--json").json["suspended"] is True
    suspended = settle(home).json
    assert suspended["days"] == {"active": 10, "of": LAST.day}
    assert line(suspended, "base")["amount"] == f"{Decimal(80000) / LAST.day:.2f}"


RELIEF = ["relief", "--period", MONTH, "--cause", "x", "--fault", "client", "--side", "seller"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["open", "--period", MONTH, "--party", "client", "--claim", "gmv=0.1"], "gmv_mom"),
        (["open", "--period", MONTH, "--party", "client", "--claim", "acos=many"], "ID=VALUE"),
        (["open", "--period", "2019-12", "--party", "client", "--claim", "acos=0.3"], "2020-01-01"),
        (["suspend", "--from", "soon"], "2026-11-01"),
        ([*RELIEF, "--kpi", "gmv_mom", "--share", "2"], "0.09"),
        ([*RELIEF, "--kpi", "acos", "--share", "0.1"], "neither growth nor a total"),
    ],
)  # fmt: skip
def test_a_wrong_entry_never_reaches_the_log(home: Home, words: list[str], said: str) -> None:
    agree(home)
    done = home("contract", "dispute", *words)
    assert (done.code, said in done.err) == (2, True), done.err
    assert not home.paths.journal.exists()


def test_drafts_are_compared_on_the_stores_months(shop: Shop, tmp_path: Path) -> None:
    home = copied(shop, tmp_path)
    signed, draft = agree(home), tmp_path / "draft.toml"
    later = {"effective_from = 2026-09-01": "effective_from = 2099-01-01"}
    draft.write_text(text({'base_fee = "8000"': 'base_fee = "5000"'} | later))
    done = home("contract", "simulate", signed, draft, "--months", 1, "--json")
    assert done.code == 0, done.err
    one, other = done.json["contracts"]
    assert [month["period"] for month in one["months"]] == [MONTH]
    assert (one["months"][0]["lines"]["base"], other["months"][0]["lines"]["base"]) == ("8000.00", "5000.00")
    assert {b["kpi"] for b in one["break_even"]} == {"gmv_mom", "acos", "odr", "response_p90_h"}
    assert home("contract", "simulate", "--months", 0).code == 2
