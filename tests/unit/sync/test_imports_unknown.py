"""A file that nobody reads is told the nearest kind, what it lacks or has too much, and the way to a mapping."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kpiterm.plugins import Importer, Sheet
from kpiterm.plugins.manager import load
from kpiterm.sync.imports_unknown import unknown

KNOWN = load().importers
DAILY = (
    "Date", "Portfolio name", "Currency", "Campaign Name", "Ad Group Name", "Advertised SKU", "Advertised ASIN",
    "Impressions", "Clicks", "Click-Thru Rate (CTR)", "Cost Per Click (CPC)", "Spend", "7 Day Total Sales ",
    "Total Advertising Cost of Sales (ACOS) ", "Total Return on Advertising Spend (ROAS)",
)  # fmt: skip
GERMAN = (
    "Datum", "Portfolioname", "Währung", "Kampagnenname", "Anzeigengruppenname", "Beworbene SKU", "Beworbene ASIN",
    "Impressionen", "Klicks", "Klickrate (CTR)", "Kosten pro Klick (CPC)", "Ausgaben", "7 Tage, Umsatz gesamt (€)",
    "Zugeschriebene Umsatzkosten (ACOS)", "Rentabilität der Werbekosten (ROAS)",
)  # fmt: skip


def sheet(header: Sequence[str], encoding: str = "utf-8") -> Sheet:
    return Sheet(
        path=Path("export.csv"), encoding=encoding, delimiter=",", header=tuple(header), header_row=1,
        rows=lambda: iter(()),
    )  # fmt: skip


def told(header: Sequence[str], importers: Sequence[Importer] = KNOWN) -> str:
    error = unknown(importers, Path("export.csv"), [sheet(header)])
    assert "kpiterm import --map NAME --learn FILE" in error.hint
    return str(error).removeprefix("export.csv: ")


def changed(old: str, *new: str) -> tuple[str, ...]:
    at = DAILY.index(old)
    return (*DAILY[:at], *new, *DAILY[at + 1 :])


def test_a_renamed_column_is_named_with_what_stands_in_its_place() -> None:
    assert told(changed("Clicks", "Klicks")).startswith(
        "looks like amazon.sp_advertised_product (Sponsored Products advertised product report), "
        "but lacks the column 'Clicks'; not known there: 'Klicks', "
    )


def test_a_report_whose_days_were_left_out_is_told_so() -> None:
    assert "but lacks the column 'Date'; not known there: " in told(changed("Date"))


def test_a_report_of_another_program_is_told_the_columns_that_mark_it() -> None:
    assert told(changed("Advertised SKU", "New-to-brand orders (#)")) == (
        "looks like amazon.sp_advertised_product (Sponsored Products advertised product report), "
        "but has 'New-to-brand orders (#)', which only other reports have"
    )


def test_a_report_in_another_language_is_told_the_kind_that_it_resembles() -> None:
    text = told(GERMAN)
    assert text.startswith("not recognised; nearest is amazon.sp_")
    for name in ("'Clicks'", "'Spend'", "'Klicks'", "'Kosten pro Klick (CPC)'"):
        assert name in text, name


def test_only_columns_that_the_reader_cannot_do_without_are_said_to_lack() -> None:
    """A price with its currency is a price to the reader, though not by its letters."""
    header = ("Display Order", "Product Details", "ASIN", "Price  USD", "ASIN Sales")
    assert told(header).startswith(
        "looks like helium10.xray (Helium 10 Xray export), but lacks the column 'BSR'; not known there: 'Price  USD'"
    )


@pytest.mark.parametrize(
    "header",
    [
        ("Order ID", "Order Date", "Ship Mode", "Customer ID", "Segment", "Product Name", "Sales", "Quantity"),
        ("SKU Code", "Design No.", "Stock", "Category", "Size", "Color"),
        ("a", "b"),
        ("显示顺序", "产品详情", "ASIN", "链接", "价格  US$", "销量", "BSR", "评论数"),
    ],
)
def test_a_file_that_is_like_nothing_is_compared_with_nothing(header: tuple[str, ...]) -> None:
    assert told(header) == "not recognised"


def test_a_reader_that_fails_on_the_way_is_no_candidate() -> None:
    def broken(sheet: Sheet) -> bool:
        raise KeyError("mine")

    names = ("Alpha", "Beta", "Gamma")
    bad = Importer(kind="bad.file", title="Bad", recognise=broken, read=lambda _: iter(()), columns=names)
    assert told(("Alpha", "Beta", "Delta"), [bad]) == "not recognised"


@pytest.mark.parametrize("importer", KNOWN, ids=lambda importer: importer.kind)
def test_every_reader_takes_a_file_with_just_the_columns_that_it_names(importer: Importer) -> None:
    header = tuple(name if isinstance(name, str) else name[0] for name in importer.columns)
    assert header
    assert any(importer.recognise(sheet(header, encoding)) for encoding in ("utf-8", "json"))


@pytest.mark.parametrize("importer", [i for i in KNOWN if len(i.columns) > 3], ids=lambda importer: importer.kind)
def test_a_near_miss_of_every_reader_is_named(importer: Importer) -> None:
    """One of its columns under a name that nobody knows: the file is not taken, and somebody is nearest."""
    header = [name if isinstance(name, str) else name[0] for name in importer.columns]
    encoding = "utf-8" if importer.recognise(sheet(header)) else "json"
    for at, name in enumerate(header):
        near = sheet([*header[:at], "zzz", *header[at + 1 :]], encoding)
        if not any(i.recognise(near) for i in KNOWN):
            text = str(unknown(KNOWN, near.path, [near]))
            assert ("looks like" in text or "nearest is" in text, "lacks the column" in text) == (True, True), name
