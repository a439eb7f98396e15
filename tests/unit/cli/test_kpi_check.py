"""`kpiterm kpi check FILE`: every fault names file and key, and says what to write instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpiterm.cli import main

Keys = dict[str, str | None]
SUM: Keys = {
    "version": "1",
    "kind": '"sum"',
    "unit": '"count"',
    "direction": '"up"',
    "name": '{ en = "Units", zh = "件数" }',
    "sentence": '{ en = "A", zh = "B" }',
    "basis": '"order date"',
    "table": '"order_line"',
    "day": '"business_day"',
    "numerator": '"quantity"',
}
DERIVED: Keys = SUM | dict.fromkeys(("table", "day", "numerator"))
GROWTH: Keys = DERIVED | {"kind": '"growth"', "unit": '"ratio"', "of": '"gmv"'}
SHARE: Keys = DERIVED | {"kind": '"share"', "unit": '"ratio"', "part": '"ad_sales"', "whole": '"gmv"'}
NET: Keys = DERIVED | {"kind": '"net"', "unit": '"money"', "plus": '["gmv"]', "minus": '["refunds"]'}
DISTINCT: Keys = SUM | {"kind": '"distinct"', "numerator": None, "distinct": '"order_id"'}
WEIGHTED: Keys = SUM | {"kind": '"weighted"', "numerator": None, "value": '"item_price"', "weight": '"quantity"'}


def written(folder: Path, keys: Keys, kpi: str = "own", more: str = "") -> Path:
    lines = [f"{key} = {value}" for key, value in keys.items() if value is not None]
    file = folder / "own.toml"
    file.write_text(f"[kpi.{kpi}]\n" + "\n".join(lines) + more, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("keys", "key", "remedy"),
    [
        (SUM | {"window": "0"}, "window", "from 1 to 366"),
        (SUM | {"window": "367"}, "window", "from 1 to 366"),
        (SUM | {"window": '"30"'}, "window", "whole number"),
        (SUM | {"per_day": '"yes"'}, "per_day", "true or false"),
        (SHARE | {"per_day": "true"}, "per_day", "use a sum"),
        (SUM | {"apart": "1"}, "apart", "true or false"),
        (NET | {"apart": "true"}, "apart", "keep those apart"),
        (SUM | {"sources": '"amazon.orders"'}, "sources", "square brackets"),
        (SUM | {"sources": '["Amazon Orders"]'}, "sources", "such as amazon.orders"),
        (SUM | {"timezone": '"Asia/Shanghai"'}, "timezone", "a moment as `day`"),
        (SUM | {"timezone": '"Asia/Beijing"', "day": '"ordered_at"'}, "timezone", "Asia/Shanghai"),
        (SUM | {"owner": "3"}, "owner", "write text"),
        (SUM | {"group": '"orders"'}, "group", "sales, profit"),
        (SUM | {"day": '"day"'}, "day", "ordered_at, updated_at, business_day"),
        (SUM | {"distinct": '"order_id"'}, "distinct", "known:"),
        (SUM | {"like_for_like": "true"}, "like_for_like", "known:"),
        (SUM | {"instead": '"gmv"'}, "instead", "same kind and unit"),
        (SUM | {"instead": '"unitz"'}, "instead", "did you mean 'units'?"),
        (NET | {"instead": '"gmv"'}, "instead", "remove it"),
        (GROWTH | {"against": '"quarter"'}, "against", "before, year"),
        (GROWTH | {"like_for_like": '"yes"'}, "like_for_like", "true or false"),
        (GROWTH | {"of": None}, "of", "the KPI that grows"),
        (GROWTH | {"of": '"GMV"'}, "of", "the id of the KPI"),
        (GROWTH | {"of": '"gmv_mom"'}, "of", "only the growth of a sum"),
        (GROWTH | {"of": '"stock_available"'}, "of", "only the growth of a sum"),
        (GROWTH | {"unit": '"money"'}, "unit", '"ratio"'),
        (GROWTH | {"numerator": '"quantity"'}, "numerator", "known:"),
        (SHARE | {"part": None}, "part", "the id of a KPI"),
        (SHARE | {"whole": '"gvm"'}, "whole", "did you mean 'gmv'?"),
        (SHARE | {"part": '"response_p90_h"'}, "part", "a last reading"),
        (NET | {"plus": None}, "plus", "the others are taken from"),
        (NET | {"plus": '"gmv"'}, "plus", "square brackets"),
        (NET | {"minus": '["orders"]'}, "minus", "name a sum in money"),
        (NET | {"minus": '["acos"]'}, "minus", "name a sum in money"),
        (NET | {"minus": '["refundz"]'}, "minus", "did you mean 'refunds'?"),
        (DISTINCT | {"distinct": None}, "distinct", "order_id"),
        (DISTINCT | {"distinct": '"order"'}, "distinct", "order_id"),
        (DISTINCT | {"unit": '"money"'}, "unit", "change the unit"),
        (WEIGHTED | {"value": None}, "value", "add it"),
        (WEIGHTED | {"weight": '"quantty"'}, "weight", "did you mean 'quantity'?"),
        (WEIGHTED | {"weight": '"sku"'}, "weight", "an amount or a number"),
        (WEIGHTED | {"numerator": '"quantity"'}, "numerator", "known:"),
        (
            WEIGHTED | {"kind": '"percentile"', "value": None, "weight": None, "numerator": '"quantity"'},
            "quantile",
            "add it",
        ),
    ],
)
def test_a_fault_names_file_key_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], keys: Keys, key: str, remedy: str
) -> None:
    file = written(tmp_path, keys)
    assert main.run(["kpi", "check", str(file)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    problem, hint = told.err.splitlines()
    assert problem.startswith(f"kpiterm: {file}: kpi.own.{key}: ")
    assert hint.startswith("  → ")
    assert remedy in hint


@pytest.mark.parametrize("keys", [SUM, GROWTH, SHARE, NET, DISTINCT, WEIGHTED])
def test_without_a_fault_the_file_s_kpis_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], keys: Keys
) -> None:
    file = written(tmp_path, keys | {"owner": '"Operations"', "group": '"sales"', "target": '">= 0.1"'})
    assert main.run(["kpi", "check", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"v": 1, "file": str(file), "kpis": ["own"]}


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [
        (NET | {"plus": '["two"]', "minus": None}, NET | {"plus": '["own"]', "minus": None}, "plus"),
        (SUM | {"instead": '"two"'}, SUM | {"instead": '"own"'}, "instead"),
        (NET | {"plus": '["own"]'}, SUM, "plus"),
        (SUM | {"instead": '"own"'}, SUM, "instead"),
    ],
)
def test_a_circle_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], one: Keys, other: Keys, key: str
) -> None:
    lines = [f"{name} = {value}" for name, value in other.items() if value is not None]
    file = written(tmp_path, one, more="\n[kpi.two]\n" + "\n".join(lines))
    assert main.run(["kpi", "check", str(file)]) == 2
    told = capsys.readouterr().err
    assert f"{file}: kpi.own.{key}: " in told
    assert "break the circle" in told
