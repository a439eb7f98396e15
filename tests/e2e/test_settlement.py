"""`kpiterm contract` on given figures: the worked examples come out of the command itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.analysis.contract.agreed import MEASURED, second, text

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

SEGMENTS = [
    {"version": 1, "kpis": {"acos": {"numerator": "9000", "denominator": "31000"}}},
    {"version": 2, "kpis": {"acos": {"numerator": "7800", "denominator": "29000"}}},
]
EARLIER_ACOS = {
    'value = "0.28"': 'value = "0.30"', 'floor = "0.38"': 'floor = "0.40"', 'stretch = "0.22"': 'stretch = "0.24"',
}  # fmt: skip
BOTH = {"provider": {"gmv_mom": "0.16"}, "client": {"gmv_mom": "0.09"}}


def settle(home: Home, tmp_path: Path, values: dict[str, Any], agreed: str, period: str = "2026-10") -> dict[str, Any]:
    contract, figures = tmp_path / "contract.toml", tmp_path / "values.json"
    contract.write_text(agreed)
    figures.write_text(json.dumps({**MEASURED, **values}))
    done = home("contract", "settle", contract, "--period", period, "--values", figures, "--json")
    assert done.code == 0, done.err
    return done.json


def lines(document: dict[str, Any]) -> dict[str, str]:
    return {line["code"]: line["amount"] for line in document["lines"]}


@pytest.mark.parametrize(
    ("values", "agreed", "expected"),
    [
        ({}, text(), {"score": "0.950000", "coverage": "1", "total": "13074.29", "escrow": "0.00", "status": "draft"}),
        ({}, text({'"marginal"': '"slab"'}), {"commission": "6160.00"}),
        ({"net_sales": "423999.99"}, text({'"marginal"': '"slab"'}), {"commission": "7000.00"}),
        ({"net_sales": "424000"}, text({'"marginal"': '"slab"'}), {"commission": "9000.00"}),
        ({"net_sales": "424000"}, text(), {"commission": "6000.00"}),
        ({"refunds_in_window": "9500.00"}, text(), {"clawback": "-665.00", "total": "12409.29"}),
        ({"missing": ["response_p90_h"]}, text(), {"score": "0.962963", "modifier": "-48.68", "coverage": "0.9"}),
        (
            {"missing": ["response_p90_h"]},
            text({'"reweight"': '"neutral"'}),
            {"score": "0.966667", "modifier": "-38.10"},
        ),
        ({"missing": ["response_p90_h"]}, text({'"reweight"': '"zero"'}), {"score": "0.866667", "modifier": "-323.81"}),
        (
            {"missing": ["gmv_mom", "acos"]},
            text(),
            {"score": None, "coverage": "0.3", "status": "held", "total": "13160.00"},
        ),
        ({"claims": BOTH}, text(), {"total": "12845.71", "escrow": "539.29", "status": "disputed"}),
        (
            {"days": {"active": 20, "period": 30}, "net_sales": "60000"},
            text({'"incremental_net_sales"': '"net_sales"'}),
            {"base": "5333.33", "commission": "3533.33"},
        ),
    ],
    ids=[
        "normal", "slab", "below the cliff", "on the cliff", "no cliff", "refunds", "reweight", "neutral", "zero",
        "held", "disputed", "part of a month",
    ],
)  # fmt: skip
def test_the_worked_examples(
    home: Home, tmp_path: Path, values: dict[str, Any], agreed: str, expected: dict[str, str | None]
) -> None:
    found = settle(home, tmp_path, values, agreed)
    assert {key: (lines(found) | found).get(key) for key in expected} == expected


def test_attainments_weights_and_lines_have_the_promised_shape(home: Home, tmp_path: Path) -> None:
    found = settle(home, tmp_path, {}, text())
    assert [(k["id"], k["weight"], k["attainment"], k["policy"]) for k in found["kpis"]] == [
        ("gmv_mom", "40", "0.8000", None),
        ("acos", "30", "1.0667", None),
        ("odr", "20", "1.1333", None),
        ("response_p90_h", "10", "0.8333", None),
    ]
    assert lines(found) == {"base": "8000.00", "modifier": "-85.71", "commission": "5160.00"}
    assert all(set(line) >= {"code", "amount", "currency", "formula", "inputs", "evidence"} for line in found["lines"])
    assert (found["v"], found["contract"], found["terms_version"], found["period"]) == (1, "seller-us", 1, "2026-10")
    assert found["hash"].startswith("sha256:")


def test_terms_that_change_within_the_month(home: Home, tmp_path: Path) -> None:
    values = {"segments": SEGMENTS, "kpis": {**MEASURED["kpis"], "acos": "0.28"}}
    found = settle(home, tmp_path, values, text(EARLIER_ACOS, more=second("2026-09-16")), "2026-09")
    acos = next(k for k in found["kpis"] if k["id"] == "acos")
    assert (acos["value"], acos["attainment"]) == ("0.28", "1.0344")
    assert [f"{float(part['value']):.4f}" for part in acos["segments"]] == ["0.2903", "0.2690"]


def test_a_relieved_target(home: Home, tmp_path: Path) -> None:
    relief = {
        "kpi": "gmv_mom", "expected": "200000", "lost": "18000", "fault": "client", "cause": "stock_out",
        "approvals": ["seller", "provider"],
    }  # fmt: skip
    kpis = {**MEASURED["kpis"], "gmv_mom": {"value": "0.05", "denominator": "180000"}}
    agreed = text(more='\n[terms.relief]\ncap = "1"\n')
    growth = settle(home, tmp_path, {"kpis": kpis, "relief": [relief]}, agreed)["kpis"][0]
    assert growth["relief"] == {
        "share": "0.09", "applied": "0.09", "target": "0.0465", "amount": "188370.00", "reason": None,
    }  # fmt: skip


def test_terms_are_checked_and_shown(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "contract.toml"
    file.write_text(text({"weight = 40": "weight = 30", '"marginal"': '"slab"'}))
    checked = home("contract", "check", file, "--json")
    assert checked.code == 0, checked.err
    said = " | ".join(warning["text"] for warning in checked.json["warnings"])
    assert [
        part for part in ("sum to 90", "7000.00 to 9000.00", "+27.32 %", "201 orders", "5.350") if part not in said
    ] == []
    file.write_text(text({"weight = 40": "weight = 40.5"}))
    wrong = home("contract", "check", file)
    assert (wrong.code, f"{file}: terms[1].kpis.gmv_mom.weight" in wrong.err) == (2, True)
    file.write_text(text())
    shown = home("contract", "show", file, "--json").json
    assert (shown["terms"]["base_fee"], shown["terms"]["kpis"]["acos"]["target"]["value"]) == ("8000", "0.28")
    assert "广告成本占比" in home("contract", "show", file, "--lang", "zh").out


def test_a_statement_is_verified_without_a_workspace(home: Home, tmp_path: Path) -> None:
    settle(home, tmp_path, {}, text())
    figures = home(
        "contract",
        "settle",
        tmp_path / "contract.toml",
        "--period",
        "2026-10",
        "--values",
        tmp_path / "values.json",
        "--json",
    )
    file = tmp_path / "statement.json"
    file.write_text(figures.out)
    assert home("contract", "verify", file).code == 0
    file.write_text(figures.out.replace("5160.00", "5161.00"))
    broken = home("contract", "verify", file)
    assert (broken.code, "settled again it is 5160.00" in broken.out) == (5, True)
