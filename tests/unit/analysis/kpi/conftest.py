"""Shops written down as tables: the rows of the store, and what KPIs must come to, worked out by hand.

    now 2026-11-22T20:00                     the moment of the question, UTC; this one unless it is given
    [order_line]                             a canonical table, its columns, its rows; "-" is NULL
    order_id  business_day              item_price
    A{n}      2026-10-01..2026-10-10    20.00                a row a day, A1 to A10
    [expect 2026-10]                         a period; KPI, channel, and the value as a sum that a reader can follow
    gmv   all  = 10 * 20.00
    acos  all  = 25.00 / 100.00              of " / " the sides are the gauge's numerator and denominator
    odr   all  none  no data                 no value, and words of the reason

What is not given: account us-main, channel amazon.com, a source by the table's name, US dollars, the day as last_day.
Every source of every account has been read up to now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.plugins import facts
from kpiterm.store.migrate import migrations
from kpiterm.sync.rollups import refresh

if TYPE_CHECKING:
    from kpiterm.analysis.view import Gauge
    from tests.unit.analysis.conftest import Store

ZONE = "America/Los_Angeles"


@dataclass(frozen=True)
class Expected:
    """What a KPI must come to; `value` is arithmetic, or None where there is none for `reason`."""

    kpi: str
    channel: str
    period: str
    value: str | None
    reason: str = ""

    def fault(self, gauge: Gauge) -> str:
        """What is wrong with the gauge; empty where nothing is."""
        if self.value is None:
            said = gauge.value is None and self.reason in (gauge.reason or "")
            return "" if said else f"{self}: {gauge.value} for {gauge.reason!r}, not none for {self.reason!r}"
        sides = self.value.split(" / ")
        wanted = [worked_out(self.value), *(map(worked_out, sides) if len(sides) == 2 else ())]
        found = [gauge.value, gauge.numerator, gauge.denominator][: len(wanted)]
        if all(f is not None and round(f, 12) == round(_decimal(w), 12) for f, w in zip(found, wanted, strict=True)):
            return ""
        return f"{self}: {list(map(str, found))}, not {[str(_decimal(w)) for w in wanted]} ({gauge.reason})"

    def __str__(self) -> str:
        return f"{self.kpi} on {self.channel} in {self.period}"


@dataclass
class Shop:
    """A store filled from a text, with the accounts that are synced and what is expected."""

    store: Store
    accounts: set[str] = field(default_factory=set)
    expected: list[Expected] = field(default_factory=list)

    def keep_sums(self, *kpis: str) -> None:
        """Keep daily sums of these KPIs, as the end of a sync does; gauges then read them."""
        con, catalogue = self.store.connection, load_catalogue()
        tables = next(sql for _, name, sql in migrations() if name == "rollups")
        con.execute(tables.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"))
        refresh(con, [catalogue[kpi] for kpi in _measured(kpis)], ZONE)
        self.store.rollups = {str(key): int(str(n)) for n, key in self.store.rows("SELECT * FROM kpi_rollup")}

    def gauges(self, kpi: str, period: str | None = None, **options: Any) -> dict[str, Gauge]:
        """The gauges of a KPI by channel."""
        return self.store.gauges(kpi, period, accounts=sorted(self.accounts), **options)

    def gauge(self, kpi: str, period: str | None = None, *, channel: str = "all", **options: Any) -> Gauge:
        return self.gauges(kpi, period, **options)[channel]

    def faults(self) -> list[str]:
        """Everything expected that is not so."""
        found = []
        for (kpi, period), block in groupby(self.expected, key=lambda e: (e.kpi, e.period)):
            gauges = self.gauges(kpi, period)
            for expected in block:
                gauge = gauges.get(expected.channel)
                found.append(expected.fault(gauge) if gauge else f"{expected}: no such gauge")
        return [fault for fault in found if fault]

    def read(self, text: str) -> Shop:
        lines = [line.partition("# ")[0].split() for line in text.splitlines()]
        title: list[str] = []
        for is_title, block in groupby(filter(None, lines), key=lambda words: words[0][0] == "["):
            rows = list(block)
            if is_title:
                title = rows[-1]
            elif title and title[0] == "[expect":
                self.expected += [_expected(row, title[1].rstrip("]")) for row in rows]
            elif title:
                self._fill(title[0].strip("[]"), rows[0], rows[1:])
            else:
                self.store.as_of = self.store.now = datetime.fromisoformat(rows[0][1]).replace(tzinfo=UTC)
        return self

    def _fill(self, table: str, names: list[str], rows: list[list[str]]) -> None:
        types = {column.name: column.type for column in facts.TABLES[table].all_columns}
        for words in rows:
            assert len(words) == len(names), words
            for row in _days(_defaults(table, types) | dict(zip(names, words, strict=True))):
                if "last_day" in types:
                    row.setdefault("last_day", row["day"])
                cells = [f"CAST({_literal(row[name])} AS {types[name]})" for name in row]
                self.store.rows(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(cells)})")
                self._synced(row["account"], row["source"])

    def _synced(self, account: str, source: str) -> None:
        self.accounts.add(account)
        stream = source.partition(".")[2]
        if not self.store.rows("SELECT 1 FROM watermark WHERE account = $1 AND stream = $2", (account, stream)):
            self.store.watermark(account, stream, self.store.now)


def worked_out(text: str) -> Fraction:
    """The exact value of a sum as people write one."""
    assert re.fullmatch(r"[\d\s.+*/()-]+", text), text
    return Fraction(eval(re.sub(r"\d+(\.\d+)?", lambda number: f"Fraction('{number.group()}')", text)))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def _expected(words: list[str], period: str) -> Expected:
    kpi, channel, kind, *rest = words
    assert kind in {"=", "none"}, words
    text = " ".join(rest)
    return Expected(kpi, channel, period, text) if kind == "=" else Expected(kpi, channel, period, None, text)


def _measured(kpis: tuple[str, ...]) -> list[str]:
    """The measured KPIs that some KPIs come from, and those that may stand in."""
    catalogue, found, left = load_catalogue(), dict[str, None](), list(kpis)
    while left:
        definition = catalogue[left.pop()]
        left += [name for name in (*definition.refers, definition.instead) if name and name not in found]
        found[definition.id] = None
    return list(found)


def _defaults(table: str, types: dict[str, str]) -> dict[str, str]:
    row = {"account": "us-main", "channel": "amazon.com", "source": f"amazon.{table.replace('_', '-')}"}
    row["loaded_at"] = "2026-11-22T12:00"
    return row | ({"currency": "USD"} if "currency" in types else {})


def _days(row: dict[str, str]) -> Iterator[dict[str, str]]:
    """A row for every day of a range of days (of moments: 2026-10-01..2026-10-05T20:00), `{n}` in its cells counted."""
    ranged = {name: value.split("..") for name, value in row.items() if ".." in value}
    if not ranged:
        yield row
        return
    ((name, (first, last)),) = ranged.items()
    for n in range((date.fromisoformat(last[:10]) - date.fromisoformat(first)).days + 1):
        day = date.fromisoformat(first) + timedelta(days=n)
        yield {key: value.replace("{n}", str(n + 1)) for key, value in row.items()} | {name: f"{day}{last[10:]}"}


def _literal(word: str) -> str:
    return "NULL" if word == "-" else "'" + word.replace("'", "''") + "'"


@pytest.fixture
def shop(store: Store) -> Callable[[str], Shop]:
    """Fills the store from a text."""
    return Shop(store).read
