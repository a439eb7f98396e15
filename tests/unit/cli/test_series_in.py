"""Daily series from a file: the same whatever the order of rows, and however small the parts that it is read in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kpiterm.cli import series_stage
from kpiterm.cli.series_in import opened
from kpiterm.errors import KpitermError

NAMES = ["B", 'quoted "5in"', "two\nlines", "Ünï,code", "A"]
DAYS = 40

Row = tuple[str, int, int, float, int]
ORDERS: dict[str, Callable[[Row], object]] = {
    "by series": lambda row: (NAMES.index(row[0]), row[1]),
    "by day": lambda row: (row[1], row[0]),
    "backwards": lambda row: (-row[1], NAMES.index(row[0])),
    "mixed": lambda row: (row[1] * 7919 + NAMES.index(row[0]) * 104_729) % 1009,
}


def rows() -> list[Row]:
    """Units, a price of each day, and days out of stock with and without sales; the last series is young."""
    return [
        (name, day, (place + day) % 4, 5 + day / 4, int((place + day) % 9 > 0))
        for place, name in enumerate(NAMES)
        for day in range(30 if name == "A" else 0, DAYS)
    ]


def written(path: Path, body: list[Row]) -> Path:
    def text(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    lines = [f"{text(name)},{np.datetime64('2026-01-01') + day},{y},{p},{s}" for name, day, y, p, s in body]
    path.write_text("\n".join(["unique_id,ds,y,price,in_stock", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("block", [100, 1 << 20])
def test_series_come_by_name_with_the_days_of_each_whatever_the_order_of_rows(
    order: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series_stage, "_BLOCK", block)
    monkeypatch.setattr(series_stage, "GROUP", 2)
    path = written(tmp_path / "train.csv", sorted(rows(), key=ORDERS[order]))  # type: ignore[arg-type]
    with opened(path) as series:
        names = series.database.execute("SELECT unique_id FROM series ORDER BY number").fetchall()
        panel = series.panel(np.arange(5), np.arange(5))
        some = series.panel(np.array([1, 4]), np.arange(5))
    assert [name for (name,) in names] == sorted(NAMES)
    for place, name in enumerate(sorted(NAMES)):
        mine = [row for row in sorted(rows(), key=lambda row: row[1]) if row[0] == name]
        known = panel.units[place][-len(mine) :]
        assert known.tolist() == [row[2] for row in mine]
        assert panel.stock[place][-len(mine) :].tolist() == [row[4] == 1 for row in mine]
        assert np.isnan(panel.units[place][: DAYS - len(mine)]).all()
        assert panel.price[place] == mine[-1][3]
    assert some.units.tolist() == panel.units[[1, 4]].tolist()


def test_a_day_that_stands_twice_where_another_is_missing_is_told(tmp_path: Path) -> None:
    body = [row for row in rows() if row[:2] != ("B", 7)]
    path = written(tmp_path / "train.csv", [*body, ("B", 9, 1, 5.0, 1)])
    with pytest.raises(KpitermError, match=r"has '2026-01-10' twice|lacks the days"), opened(path) as series:
        series.panel(np.arange(5), np.arange(5))


def test_a_date_that_stands_for_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("unique_id,ds,y\nA,1900-01-01,1\n")
    with pytest.raises(KpitermError, match=r"row 2: ds is '1900-01-01', which cannot be a day of sales"), opened(path):
        pass
