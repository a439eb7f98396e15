from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from kpiterm.i18n import translations
from kpiterm.report.blocks import Page, Table
from kpiterm.report.html import html
from kpiterm.report.markdown import markdown
from kpiterm.report.pack import frozen
from kpiterm.report.tell import page
from kpiterm.report.workbook import write_workbook
from tests.unit.report.conftest import entry

AS_OF = datetime(2026, 11, 23, 13, tzinfo=UTC)


def tables(told: Page) -> dict[str, Table]:
    return {b.name: b for section in told.sections for b in section.blocks if isinstance(b, Table)}


def numbers(told: Page) -> list[object]:
    return [cell.number for table in tables(told).values() for row in table.rows for cell in row]


def test_both_languages_tell_the_same_figures_of_the_same_document(pack: dict[str, Any]) -> None:
    english, chinese = page(pack, "en"), page(pack, "zh")
    assert numbers(english) == numbers(chinese)
    assert pack["hash"] in english.foot
    assert pack["hash"] in chinese.foot
    assert (english.title, chinese.title) == ("Monthly review 2026-10", "月度复盘 2026-10")


def test_nothing_of_the_frame_stays_english_in_chinese(pack: dict[str, Any]) -> None:
    known = translations("zh").gettext
    for section in page(pack, "zh").sections:
        assert re.search("[\u4e00-\u9fff]", section.heading), section.heading
    for table in tables(page(pack, "zh")).values():
        for title in table.header:
            assert known(title) == title, f"{title} was left in English"


def test_the_summary_says_what_was_missed_and_what_is_due(content: dict[str, Any]) -> None:
    content["kpis"][0] |= {"state": "breach", "value": "0.31"}
    text = markdown(page(frozen(content), "en"))
    assert "Missed: ACoS." in text
    assert "Without a figure: GMV growth." in text
    assert "USD 13,074.29" in text
    assert "Overdue action items: 1." in text
    assert "last sync did not go through whole: us" in text


def test_a_held_fee_is_told_as_held(content: dict[str, Any]) -> None:
    content["statement"] |= {"status": "held", "reason": "coverage 0.5 below 0.6"}
    assert "The fee of 2026-10 is held: coverage 0.5 below 0.6." in markdown(page(frozen(content), "en"))


def test_a_pack_without_contract_measures_against_nothing(content: dict[str, Any]) -> None:
    content |= {"contract": None, "statement": None, "causes": []}
    content["kpis"] = [e | {"weight": None, "target": None} for e in content["kpis"]]
    told = page(frozen(content), "en")
    assert "against no target" in markdown(told)
    assert "Fee of 2026-10" not in [section.heading for section in told.sections]


def test_html_holds_no_markup_of_the_shop_and_fetches_nothing(pack: dict[str, Any]) -> None:
    found = html(page(pack, "en"))
    assert "<i>said</i>" not in found
    assert "&lt;i&gt;said&lt;/i&gt;" in found
    assert "<b>" not in found
    assert not re.search(r"(?:src|href)=[\"'](?!data:,)", found)
    assert "<script" not in found


def test_a_sku_with_signs_stays_in_its_cell_of_a_markdown_table(pack: dict[str, Any]) -> None:
    [row] = [line for line in markdown(page(pack, "en")).splitlines() if "A\\|1 ·" in line]
    assert len(re.split(r"(?<!\\)\|", row)) == 4 + 2


def test_a_workbook_has_numbers_as_numbers_and_texts_as_texts(pack: dict[str, Any], tmp_path: Path) -> None:
    write_workbook(page(pack, "en"), tmp_path / "a.xlsx", AS_OF)
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    statement = book.get_sheet_by_name("Statement").to_python()
    assert statement[1:] == [
        ["base fee", 8000, "base_fee"],
        ["commission", 5074.29, "tiers(x)"],
        ["total", 13074.29, ""],
    ]
    actions = book.get_sheet_by_name("Actions").to_python()
    assert actions[1][:3] == ["#7", "=HYPERLINK(1)", "seller"]


def test_the_same_pack_gives_the_same_bytes(pack: dict[str, Any], tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_workbook(page(pack, "zh"), tmp_path / name, AS_OF)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert html(page(pack, "zh")) == html(page(pack, "zh"))


@pytest.mark.parametrize("digits", ["1234567890123456.78", "0.1234567890123456789"])
def test_an_amount_that_a_spreadsheet_would_round_stays_text(
    content: dict[str, Any], digits: str, tmp_path: Path
) -> None:
    content["statement"] |= {"total": digits}
    write_workbook(page(frozen(content), "en"), tmp_path / "a.xlsx", AS_OF)
    rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("Statement").to_python()
    assert isinstance(rows[-1][1], str)


def test_an_exit_handover_lists_what_is_open_and_what_shows_the_rest(content: dict[str, Any]) -> None:
    item = {"name": "raw data", "done": True, "day": "2026-11-01", "actor": "ops", "note": "", "evidence": ["log:ab"]}
    left = {"name": "listings", "done": False, "day": None, "actor": None, "note": "", "evidence": []}
    export = {"day": "2026-11-01", "folder": "out", "files": 30, "rows": 12345, "manifest": "sha256:cd"}
    pack = frozen(content | {"kind": "handover", "handover": [item, left], "exports": [export]})
    told = tables(page(pack, "en"))
    assert [row[1].text for row in told["Handover list"].rows] == ["✓ 2026-11-01 by ops", "✗ open"]
    assert [cell.text for cell in told["Exports"].rows[0]] == ["2026-11-01", "30", "12,345", "sha256:cd"]
    assert "交接清单" in tables(page(pack, "zh"))


def test_a_reason_is_told_in_the_packs_language_and_an_old_pack_has_it_in_english(content: dict[str, Any]) -> None:
    reasons = {"en": "no data: run it", "zh": "无数据：请运行"}
    missing = entry("acos", value=None, reason=reasons["en"], state="no_data")
    for kpi, expected in ((missing | {"reasons": reasons}, "无数据：请运行"), (missing, "no data: run it")):
        told = page(frozen({**content, "kpis": [kpi]}), "zh")
        assert any(expected in str(block) for section in told.sections for block in section.blocks)
