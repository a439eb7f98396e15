from __future__ import annotations

from collections.abc import Mapping

import pytest

from kpiterm.analysis.contract.check import check_kpis, doubts
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.errors import ConfigError
from tests.unit.analysis.contract.agreed import contract

CATALOGUE = load_catalogue()
CALM = {
    "[terms.kpis.gmv_mom]": "[terms.kpis.gmv_mom_day]", 'value = "0.15"': 'value = "0"',
    'floor = "0.00"': 'floor = "-0.1"',
    'stretch = "0.002"': 'stretch = "0.002"\nmin_n = 201',
}  # fmt: skip
LIMIT = '\n[terms.caps]\ntotal_max = "20000"\n'


def found(changes: Mapping[str, str], more: str = LIMIT) -> dict[str, str]:
    return {
        doubt.key.removeprefix("terms[1]."): doubt.text for doubt in doubts(contract(changes, more=more), CATALOGUE)
    }


def test_calm_terms_raise_no_doubt() -> None:
    assert found(CALM) == {}


@pytest.mark.parametrize(
    ("changes", "key", "arithmetic"),
    [
        ({"weight = 30": "weight = 20"}, "kpis", ["sum to 90", "40 counts 44.4 %"]),
        ({'floor = "0.38"': 'floor = "0.25"'}, "kpis.acos.floor", ["0.25 contradicts the target <= 0.28", "above"]),
        ({'stretch = "0.22"': 'stretch = "0.30"'}, "kpis.acos.stretch", ["0.3 contradicts the target <= 0.28"]),
        ({'floor = "0.38"\n': ""}, "kpis.acos.floor", ["all or nothing"]),
        ({'pool_share = "0.5"': 'pool_share = "1.5"'}, "pool_share", ["12000 is larger", "8000", "2400", "3000"]),
        ({"signed_at = 2026-08-20": "signed_at = 2026-09-20"}, "effective_from", ["retroactive", "19 days"]),
        ({"refund_window_days = 30": ""}, "commission.refund_window_days", ["never taken back"]),
        ({'base = "incremental_net_sales"': 'base = "gmv"'}, "commission.base", ["all sales of all channels"]),
    ],
)
def test_a_doubtful_term_is_named_with_its_arithmetic(changes: dict[str, str], key: str, arithmetic: list[str]) -> None:
    text = found({**CALM, **changes})[key]
    assert [part for part in arithmetic if part not in text] == []


def test_a_slab_cliff_is_named_with_where_and_how_much() -> None:
    texts = [d.text for d in doubts(contract({**CALM, '"marginal"': '"slab"'}, more=LIMIT), CATALOGUE)]
    assert [(f"at {text.split('at ')[1].split(':')[0]}", text.split("from ")[1].split(";")[0]) for text in texts] == [
        ("at 50000", "2500.00 to 3500.00 (+1000.00)"),
        ("at 100000", "7000.00 to 9000.00 (+2000.00)"),
    ]
    assert "marginal it would be 6000.00" in texts[1]


def test_raw_growth_names_what_february_needs_and_what_a_year_comes_to() -> None:
    texts = [d.text for d in doubts(contract(), CATALOGUE) if d.key == "terms[1].kpis.gmv_mom.target"]
    assert "+27.32 % more per day in February and +3.87 % in March" in texts[0]
    assert "-9.68 % in February and +10.71 % in March" in texts[0]
    assert "x 5.350 in a year, x 2.313 in six months" in texts[1]


@pytest.mark.parametrize(
    ("target", "fewest"), [("< 0.005", 201), ("<= 0.005", 200), ("< 0.003", 334), ("<= 0.003", 334)]
)
def test_the_smallest_count_at_which_one_defect_passes(target: str, fewest: int) -> None:
    op, value = target.split()
    changes = {'{ op = "<", value = "0.005" }': f'{{ op = "{op}", value = "{value}" }}'}
    text = next(d.text for d in doubts(contract(changes), CATALOGUE) if d.key.endswith("odr.min_n"))
    assert f"below {fewest} orders" in text
    defect = 1 / fewest
    assert (defect < float(value)) if op == "<" else (defect <= float(value))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"[terms.kpis.acos]": "[terms.kpis.acoss]"}, "terms[1].kpis.acoss: unknown KPI"),
        ({"[terms.kpis.acos]": "[terms.kpis.market_share]"}, "market_share is an estimate"),
        ({"weight = 30": "weight = 30\ndefinition = 99"}, "acos.definition: 99, in force is"),
        ({"weight = 30": f'weight = 30\nhash = "sha256:{"0" * 64}"'}, "acos.hash: "),
    ],
)
def test_what_nobody_can_sign_is_a_fault(changes: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_kpis(contract(changes), CATALOGUE)
    assert message in caught.value.message
    assert caught.value.hint
