"""Keyword Scout exports: the preamble's day, bounds that stay bounds, keywords in any script."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kpiterm.plugins import Row
from kpiterm.sync.sheets import open_sheets
from kpiterm_junglescout.import_keywords import KEYWORD_SCOUT

if TYPE_CHECKING:
    from conftest import Host

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "junglescout" / "Keyword_Scout.csv"
HEADER = "Keyword,30-Day Search Volume (Exact),30 Day Trend,PPC Bid (Exact),Ease to Rank,Organic Product Count"
ABOVE = (
    "\ufeffJUNGLESCOUT KEYWORD SCOUT CSV EXPORT\nReport Generated at: 2026-06-19 18:47:44 UTC\n"
    '"Search Term(s): \'[""bath mat""]\'"\n'
)
LINES = (
    'bath mat,< 5,---,$0.91,Easy,3\n水龙头转接头,"1,450",17%,---,Easy,66\n'
    "Bath  Mat,9,---,---,Easy,1\nrug,---,,,Hard,2\n"
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "any name.csv"
    path.write_text(f"{ABOVE}{HEADER}\n{LINES}", "utf-8")
    return path


def test_volumes_with_the_day_of_the_preamble(host: Host, export: Path) -> None:
    report = host.take(export)
    day = date(2026, 6, 19)
    assert (report.kind, report.error, report.quarantined) == ("junglescout.keyword_scout", None, 0)
    assert host.rows("select day, item_id, keyword, kind, rank, search_volume from keyword_rank order by 3") == [
        (day, None, "bath mat", None, None, None), (day, None, "rug", None, None, None),
        (day, None, "水龙头转接头", None, None, 1450),
    ]  # fmt: skip
    assert host.rows("select day, keyword, metric, estimate, bound from market_estimate") == [
        (day, "bath mat", "search_volume", 5, "less_than")
    ]
    assert "1 rows repeat a keyword" in report.warnings[0]


def test_the_same_file_again_changes_nothing(host: Host, export: Path) -> None:
    host.take(export)
    again = host.take(export)
    assert (again.new, again.superseded) == (0, 0)


def test_a_packed_file_tells_its_day_too(export: Path) -> None:
    packed = export.with_suffix(".gz")
    packed.write_bytes(gzip.compress(export.read_bytes()))
    (sheet,) = open_sheets(packed)
    assert {row.values["day"] for row in KEYWORD_SCOUT.read(sheet) if isinstance(row, Row)} == {date(2026, 6, 19)}


def test_without_a_preamble_it_is_of_the_day_on_which_it_was_written(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "scout.csv"
    path.write_text(f"{HEADER}\n{LINES}", "utf-8")
    report = host.take(path)
    assert any("when it was written" in text for text in report.warnings)
    assert len(host.rows("select distinct day from keyword_rank")) == 1


def test_without_a_preamble_it_is_of_the_day_that_is_given(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "scout.csv"
    path.write_text(f"{HEADER}\n{LINES}", "utf-8")
    report = host.take(path, date(2026, 10, 31))
    assert not any("when it was written" in text for text in report.warnings)
    assert host.rows("select distinct day from keyword_rank") == [(date(2026, 10, 31),)]


def test_a_volume_that_is_no_number_is_set_apart(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "scout.csv"
    path.write_text(f"{ABOVE}{HEADER}\nmat,many,,,Easy,3\nrug,7,,,Easy,2\n", "utf-8")
    report = host.take(path)
    assert (report.quarantined, report.loaded) == (1, 1)
    assert "30-Day Search Volume" in report.warnings[0]


def test_only_tables_of_estimates_are_written(export: Path) -> None:
    (sheet,) = open_sheets(export)
    tables = {item.table for item in KEYWORD_SCOUT.read(sheet) if isinstance(item, Row)}
    assert tables == {"keyword_rank", "market_estimate"}


def test_a_real_export(host: Host) -> None:
    if not SHARED.exists():
        pytest.skip("the folder of real exports is not beside this repository")
    report = host.take(SHARED)
    with SHARED.open(encoding="utf-8-sig", newline="") as file:
        cells = [row[1] for row in list(csv.reader(file))[4:]]
    volumes = [int(cell) for cell in cells if cell.isdecimal()]
    bounds = [cell for cell in cells if cell.startswith("<")]
    assert (report.kind, report.quarantined, len(volumes) + len(bounds)) == ("junglescout.keyword_scout", 0, len(cells))
    assert host.rows("select count(*), count(search_volume), sum(search_volume), min(day) from keyword_rank") == [
        (len(cells), len(volumes), sum(volumes), date(2023, 6, 19))
    ]
    assert host.rows("select count(*) from market_estimate where bound = 'less_than' and estimate = 5") == [
        (len(bounds),)
    ]
