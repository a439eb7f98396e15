from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.parse import read_kpis
from kpiterm.errors import ConfigError

GOOD: dict[str, str | None] = {
    "version": "1",
    "kind": '"ratio"',
    "unit": '"ratio"',
    "direction": '"down"',
    "name": '{ en = "Units", zh = "件数" }',
    "sentence": '{ en = "A", zh = "B" }',
    "basis": '"order date"',
    "table": '"order_line"',
    "day": '"business_day"',
    "numerator": '"quantity"',
    "denominator": '"1"',
}


def written(folder: Path, changes: dict[str, str | None] | None = None, kpi: str = "own_units") -> Path:
    """A KPI file with some keys changed, added or (None) left out."""
    lines = [f"{key} = {value}" for key, value in (GOOD | (changes or {})).items() if value is not None]
    file = folder / f"{len(list(folder.iterdir()))}.toml"
    file.write_text(f"[kpi.{kpi}]\n" + "\n".join(lines), encoding="utf-8")
    return file


def test_the_built_in_kpis_come_in_the_order_of_the_board() -> None:
    groups = [definition.group for definition in load_catalogue().values()]
    assert list(dict.fromkeys(groups)) == [
        "sales", "profit", "ads", "traffic", "customers", "health", "stock", "market",
    ]  # fmt: skip
    assert sum(1 for a, b in pairwise(groups) if a != b) == 7


def test_the_built_in_kpis_have_their_words_in_both_languages() -> None:
    for definition in load_catalogue().values():
        assert definition.name["zh"] != definition.name["en"] or definition.name["en"].isupper(), definition.id
        assert definition.sentence["en"].endswith("."), definition.id
        assert definition.sentence["zh"].endswith("。"), definition.id


@pytest.mark.parametrize(
    ("changes", "key", "remedy"),
    [
        ({"version": '"1"'}, "version", "whole number"),
        ({"kind": '"mean"'}, "kind", "percentile"),
        ({"unit": '"hours"'}, "unit", "percentile"),
        ({"unit": '"money"'}, "unit", "money column"),
        ({"name": '{ en = "Units" }'}, "name.zh", "add it"),
        ({"table": '"orders"'}, "table", "order_line"),
        ({"day": '"loaded_at"'}, "day", "business_day"),
        ({"timezone": '"Asia/Shanghai"'}, "timezone", "a moment"),
        ({"day": '"ordered_at"', "timezone": '"Beijing"'}, "timezone", "Asia/Shanghai"),
        ({"per_day": "true"}, "per_day", "use a sum"),
        ({"window": "0"}, "window", "1 to 366"),
        ({"sources": '"amazon.orders"'}, "sources", "square brackets"),
        ({"numerator": '"quantty"'}, "numerator", "did you mean 'quantity'?"),
        ({"numerator": None}, "numerator", "add it"),
        ({"denominator": '"quantity / 2"'}, "denominator", "kind"),
        ({"where": '"sku = "'}, "where", "column"),
        ({"target": '"below 3"'}, "target", '"<= 0.28"'),
        ({"minimum": "1.5"}, "minimum", "in quotes"),
        ({"quantile": '"0.9"'}, "quantile", "known:"),
        ({"numerator_were": '"1"'}, "numerator_were", "did you mean"),
        ({"kind": '"percentile"', "quantile": '"90"', "denominator": None}, "quantile", '"0.9"'),
        ({"kind": '"growth"'}, "of", "add it"),
    ],
)
def test_a_fault_names_file_key_and_remedy(
    tmp_path: Path, changes: dict[str, str | None], key: str, remedy: str
) -> None:
    file = written(tmp_path, changes)
    with pytest.raises(ConfigError) as caught:
        read_kpis(file)
    assert f"{file}: kpi.own_units.{key}: " in caught.value.message
    assert remedy in caught.value.hint


def test_the_hash_is_that_of_the_meaning_not_of_the_file(tmp_path: Path) -> None:
    plain = read_kpis(written(tmp_path))[0]
    moved = read_kpis(written(tmp_path, {"where": "\"sku  =  'a'\""}))[0]
    spaced = read_kpis(written(tmp_path, {"where": "\"SKU = 'a'\""}))[0]
    assert plain.hash != moved.hash == spaced.hash
    assert plain.hash.startswith("sha256:")


def test_a_workspace_replaces_a_built_in_kpi_by_a_higher_version_only(tmp_path: Path) -> None:
    file = written(tmp_path, {"version": "2"}, "odr")
    assert load_catalogue(tmp_path)["odr"].kind == "ratio"
    file.unlink()
    written(tmp_path, {"version": "1"}, "odr")
    with pytest.raises(ConfigError) as caught:
        load_catalogue(tmp_path)
    assert "kpi.odr.version" in caught.value.message
    assert "version = 2" in caught.value.hint


def test_the_files_of_plugins_come_before_the_workspace(tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    plugin.mkdir()
    file = written(plugin)
    written(tmp_path, {"version": "2", "unit": '"count"'})
    catalogue = load_catalogue(tmp_path, [file])
    assert list(catalogue)[-1] == "own_units"
    assert catalogue["own_units"].unit == "count"


@pytest.mark.parametrize(("of", "remedy"), [("gmvv", "did you mean 'gmv'?"), ("acos", "sum")])
def test_only_a_known_sum_can_grow(tmp_path: Path, of: str, remedy: str) -> None:
    unused = dict.fromkeys(("table", "day", "numerator", "denominator"))
    written(tmp_path, {"kind": '"growth"', "of": f'"{of}"', **unused})
    with pytest.raises(ConfigError) as caught:
        load_catalogue(tmp_path)
    assert "kpi.own_units.of" in caught.value.message
    assert remedy in caught.value.hint
