"""`kpiterm reconcile` on a real Japanese account, whose files do not all cover the same months."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs the collection of exports beside the repository"),
]


@pytest.fixture(scope="module")
def japan(tmp_path_factory: pytest.TempPathFactory) -> Home:
    from tests.e2e.conftest import Home

    home = Home(tmp_path_factory.mktemp("japan"))
    assert home("import", *sorted((DATA / "amazon_jp").iterdir())).code == 6  # three files are known and not imported
    return home


def bridges(home: Home, *options: str) -> dict[tuple[str, str], dict[str, Any]]:
    """By KPI and source, after a look at what must be true of all."""
    done = home("reconcile", *options, "--json")
    assert done.code == 0, done.err
    found = done.json["bridges"]
    for bridge in found:
        if bridge["residual"] is not None:
            steps = sum(Decimal(step["amount"]) for step in bridge["steps"])
            total = Decimal(bridge["source"]["value"]) + steps + Decimal(bridge["residual"])
            assert total == Decimal(bridge["ours"]["value"])
    return {(b["kpi"], b["source"]["name"]): b for b in found}


def test_the_two_business_reports_agree_to_the_yen(japan: Home) -> None:
    bridge = bridges(japan, "gmv", "--period", "2022-10")["gmv", "amazon.business_traffic"]
    assert (bridge["residual"], bridge["state"], bridge["currency"]) == ("0", "ok", "JPY")
    assert bridge["ours"]["name"] == "amazon.business_sales"


def test_the_transactions_of_october_leave_a_residual_that_is_shown_by_day(japan: Home) -> None:
    bridge = bridges(japan, "gmv", "--period", "2022-10")["gmv", "amazon.transactions"]
    moved = {step["code"]: Decimal(step["amount"]) for step in bridge["steps"]}
    assert Decimal(bridge["source"]["value"]) == 858015
    assert moved["source_days"] == 238139  # the transactions end on the 21st
    assert moved["tax"] == 85410
    assert (bridge["state"], Decimal(bridge["residual"])) == ("breach", Decimal(114763))
    assert len(bridge["days"]) == 10


@pytest.mark.parametrize(("period", "source"), [("2023-03", "amazon.business_sales"), ("2022-10", "order_line")])
def test_no_month_has_both_orders_and_business_reports(japan: Home, period: str, source: str) -> None:
    bridge = bridges(japan, "gmv", "--period", period)["gmv", source]
    assert (bridge["state"], bridge["source"]["value"]) == ("no_data", None)
    assert bridge["note"].startswith("no month has both")
    assert "2022-09-28 to 2022-10-28" in bridge["note"]


def test_over_all_months_the_days_of_one_side_are_the_whole_bridge(japan: Home) -> None:
    bridge = bridges(japan, "gmv", "--period", "2022-09-01..2023-04-30")["gmv", "amazon.business_sales"]
    moved = {step["code"]: step["amount"] for step in bridge["steps"]}
    assert (moved["source_days"], moved["our_days"]) == ("2040312", "-1364099")
    assert (bridge["state"], bridge["residual"]) == ("no_data", "0")
    assert "no day has both" in bridge["note"]


def test_it_can_fail_a_script_and_speak_chinese(japan: Home) -> None:
    assert japan("reconcile", "gmv", "--period", "2022-10", "--fail-on-breach").code == 9
    wide = japan("reconcile", "gmv", "--period", "2022-10", "--fail-on-breach", "--tolerance", "10%")
    assert wide.code == 0
    assert "未解释差额" in japan("--lang", "zh", "reconcile", "gmv", "--period", "2022-10").out
    assert japan("reconcile", "nonsense").code == 2
    assert japan("reconcile", "--tolerance", "-1%").code == 2
