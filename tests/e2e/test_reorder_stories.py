"""`kpiterm reorder` on the demo: the planted stories are found, and the sentences tell them in both languages."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.sandbox.catalog import build_catalog
from kpiterm.sandbox.orders import business_day
from kpiterm.sandbox.stories import plant

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("demo")]
SEED, SKUS = 7, 40

Lines = Mapping[tuple[str, str], Mapping[str, Any]]


@pytest.fixture(scope="module")
def answer(demo: Home) -> Mapping[str, Any]:
    done = demo("reorder", "--json")
    assert done.code == 0, done.err
    return done.json


@pytest.fixture(scope="module")
def lines(answer: Mapping[str, Any]) -> Lines:
    return {(line["channel"], line["sku"]): line for line in answer["lines"]}


@pytest.fixture(scope="module")
def stories() -> Mapping[str, str]:
    return plant(build_catalog(SEED, SKUS), date(2026, 1, 1))[1].roles


def fall(line: Mapping[str, Any], code: str) -> int:
    """A line of the derivation, in units."""
    return next(int(step["units"]) for step in line["waterfall"] if step["code"] == code)


def today(answer: Mapping[str, Any]) -> date:
    """The business day of the marketplaces; a shop further east may have begun its next."""
    return business_day(datetime.fromisoformat(answer["as_of"]).timestamp())


def test_every_derivation_adds_up_and_no_day_is_silently_past(answer: Mapping[str, Any]) -> None:
    assert len(answer["lines"]) > 60
    for line in answer["lines"]:
        assert sum(step["units"] for step in line["waterfall"]) == line["quantity"], line["sku"]
        assert line["quantity"] % line["carton"] == 0
        assert line["quantity"] == 0 or line["quantity"] >= line["moq"]
        assert line["order_by"] is None or line["order_by"] >= str(today(answer)) or line["late"], line["sku"]
        assert sum(part["quantity"] for part in line["split"]) == line["quantity"]


def test_the_closed_factory_is_foreseen(answer: Mapping[str, Any], lines: Lines, stories: Mapping[str, str]) -> None:
    line, now = lines["amazon.com", stories["closure"]], today(answer)
    assert fall(line, "next_orders") > 0
    left = date.fromisoformat(line["stockout_date"]) - now
    assert timedelta(days=45) < left < timedelta(days=120), "some eleven weeks of cover"
    assert "Chinese New Year" in line["sentence"]["en"]
    assert "春节" in line["sentence"]["zh"]


def test_a_falling_sku_is_told(lines: Lines, stories: Mapping[str, str]) -> None:
    line = lines["amazon.com", stories["falling"]]
    assert "sales have fallen to" in line["sentence"]["en"]
    assert "销量下滑" in line["sentence"]["zh"]


def test_the_big_sale_is_left_out_of_the_base(lines: Lines, stories: Mapping[str, str]) -> None:
    line = lines["amazon.com", stories["prime_day"]]
    assert "times a normal day" in line["sentence"]["en"]
    assert "不计入基准" in line["sentence"]["zh"]
    assert float(line["daily_demand"]) < 2 * float(line["sold"]["per_in_stock_day"])


def test_a_new_sku_is_told(lines: Lines, stories: Mapping[str, str]) -> None:
    line = lines["amazon.com", stories["new"]]
    assert line["sold"]["known_days"] < 60
    assert "it is new" in line["sentence"]["en"]
    assert "新品" in line["sentence"]["zh"]


def test_the_overstock_needs_no_order_and_has_a_way_out(
    answer: Mapping[str, Any], lines: Lines, stories: Mapping[str, str]
) -> None:
    line = lines["amazon.com", stories["overstock"]]
    assert line["quantity"] == 0
    worst = answer["excess"][0]
    assert worst["sku"] == stories["overstock"]
    assert worst["aging_units"] > 0
    assert {"price", "removal"} <= {way["way"] for way in worst["exits"]}
    assert "older than 180 days" in line["sentence"]["en"]
    assert "库龄" in line["sentence"]["zh"]


def test_a_list_goes_from_publishing_to_a_decision(demo: Home, lines: Lines, tmp_path: Path) -> None:
    wanted = next(line for line in lines.values() if line["quantity"] and line["channel"] == "amazon.com")
    draft = tmp_path / "draft.csv"
    assert demo("reorder", "publish", "-q").code == 0
    assert demo("reorder", "acknowledge", "-q").code == 0
    accepted = demo("reorder", "accept", wanted["sku"], "--channel", "amazon.com", "--json")
    assert accepted.json["entries"][0]["quantity"] == wanted["quantity"]
    more = ("--channel", "amazon.com", "--quantity", "96", "--reason", "room for a pallet")
    assert demo("reorder", "adjust", wanted["sku"], *more, "-q").code == 0
    shown = demo("reorder", "--csv", draft, "--sku", wanted["sku"], "--json")
    with draft.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["channel"]: row for row in csv.DictReader(file)}
    assert int(rows["amazon.com"]["quantity"]) == 96
    decisions = {line["channel"]: line["decision"] for line in shown.json["lines"]}
    assert decisions["amazon.com"].startswith("changed to 96 by")
    kinds = [entry["kind"] for entry in json.loads(demo("log", "--json").out)["entries"]]
    assert kinds[-4:] == ["reorder.publish", "reorder.acknowledge", "reorder.accept", "reorder.adjust"]


def test_wrong_use_names_the_remedy(demo: Home) -> None:
    assert "kpiterm reorder --all" in demo("reorder", "--sku", "NO-SUCH-SKU").err
    late = f"{date.today() - timedelta(days=3)}"  # noqa: DTZ011 (any past day will do)
    assert "name a day to come" in demo("reorder", "snooze", "0084721", "--until", late, "--reason", "x",
                                        "--channel", "amazon.com").err  # fmt: skip
