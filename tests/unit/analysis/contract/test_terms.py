from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpiterm.analysis.contract.terms import load_terms, terms_in_force
from kpiterm.analysis.view import Target
from kpiterm.errors import ConfigError

CONTRACT = """
[contract]
id = "seller-us"
parties = { seller = "Seller Ltd", provider = "Provider Inc" }

[[terms]]
version = 1
effective_from = 2026-09-01
base_fee = "8000"
score = { dead_band = "0.02" }
[terms.kpis.acos]
weight = 30
target = { op = "<=", value = "0.28" }
max_attainment = "1.2"

[[terms]]
version = 2
effective_from = 2026-11-15
[terms.kpis.acos]
weight = "27.5"
target = { op = "<", value = "0.26" }
"""


def written(folder: Path, text: str, name: str = "a.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 8, 31), None),
        (date(2026, 9, 1), (Target("<=", Decimal("0.28")), Decimal(30))),
        (date(2026, 11, 14), (Target("<=", Decimal("0.28")), Decimal(30))),
        (date(2026, 11, 15), (Target("<", Decimal("0.26")), Decimal("27.5"))),
    ],
)
def test_the_version_in_force_is_the_latest_that_is_effective(
    tmp_path: Path, day: date, expected: tuple[Target, Decimal] | None
) -> None:
    written(tmp_path, CONTRACT)
    agreement = terms_in_force(load_terms(tmp_path), day).get("acos")
    assert (agreement and (agreement.target, agreement.weight)) == expected


def test_one_kpi_in_two_contracts_is_refused_with_both_named(tmp_path: Path) -> None:
    files = [written(tmp_path, CONTRACT), written(tmp_path, CONTRACT, "b.toml")]
    with pytest.raises(ConfigError) as caught:
        terms_in_force(load_terms(tmp_path), date(2026, 9, 1))
    assert all(str(file) in caught.value.message for file in files)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[contract]", "[contrct]", "contract"),
        ('id = "seller-us"', "", "contract.id"),
        ("weight = 30", "", "terms[1].kpis.acos.weight"),
        ("weight = 30", "weight = -1", "terms[1].kpis.acos.weight"),
        ('value = "0.28"', "value = 0.28", "terms[1].kpis.acos.target.value"),
        ('op = "<="', 'op = "=<"', "terms[1].kpis.acos.target.op"),
        ("effective_from = 2026-09-01", 'effective_from = "2026-09-01"', "terms[1].effective_from"),
        ("effective_from = 2026-11-15", "effective_from = 2026-09-01", "terms[2].version"),
        (CONTRACT.partition("[[terms]]")[2], "", "terms[1].version"),
        (CONTRACT[CONTRACT.index("[[terms]]") :], "", "terms"),
    ],
)
def test_a_fault_names_file_and_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    file = written(tmp_path, CONTRACT.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_terms(tmp_path)
    assert caught.value.message.startswith(f"{file}: {key}: ")
    assert caught.value.hint
