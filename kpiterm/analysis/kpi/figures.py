"""What was measured for a board: by KPI and period, from the daily sums where they are kept, else from rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import cast

from kpiterm.analysis.kpi.compile import Days, at_moment, compile_kpi, daily, rollup_key, rows_between
from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.outcome import Part, Parts, part_of
from kpiterm.analysis.kpi.rolled import kept_sums
from kpiterm.analysis.reader import Reader


class Figures:
    """Reads what is asked for once, and remembers it. `by_month` keeps months apart, for exchange rates."""

    def __init__(self, reader: Reader, *, zone: str, by_month: bool) -> None:
        self._reader, self._zone, self._by_month = reader, zone, by_month
        self._found: dict[str, dict[Days, dict[str | None, list[Part]]]] = {}
        self._readings: dict[str, set[tuple[str, date]]] = {}

    def parts(self, leaf: str, days: Days, channel: str | None = None) -> list[Part]:
        """The parts of a period that was read; those of one channel, where one is given."""
        return self._found[leaf].get(days, {}).get(channel, [])

    def days(self, leaf: str, days: Days, channel: str | None) -> int:
        """On how many days of a period that was read a channel (None: any of them) has readings."""
        first, last = days
        found = self._readings.get(leaf, set())
        return len({day for where, day in found if first <= day <= last and channel in {None, where}})

    def read(self, wanted: Mapping[str, Iterable[Days]], catalogue: Mapping[str, Definition]) -> None:
        """Measure KPIs (by id) over periods; those known already are not read again."""
        kept: dict[int, dict[str, set[Days]]] = {}
        for leaf, days in wanted.items():
            definition, known = catalogue[leaf], self._found.setdefault(leaf, {})
            new = set(days) - known.keys()
            known |= {span: {} for span in new}
            number = self._reader.rollups.get(rollup_key(definition.measure, self._zone) if definition.measure else "")
            if not new:
                continue
            if definition.is_mean_reading:
                self._readings.setdefault(leaf, set()).update(self._read_days(definition, new, number))
            if number is None or definition.kind == "percentile":
                self._read_rows(definition, sorted(new))
                continue
            number = -number if definition.is_reading else number
            kept.setdefault(number, {})[leaf] = new
        self._read_sums(kept)

    def _read_sums(self, kept: Mapping[int, Mapping[str, set[Days]]]) -> None:
        """KPIs of one measure share its sums; the last readings of a measure are asked for by its number, negative."""
        for readings in (False, True):
            chosen = {abs(number): leaves for number, leaves in kept.items() if (number < 0) == readings}
            asked = {number: set().union(*leaves.values()) for number, leaves in chosen.items()}
            for number, span, part in kept_sums(self._reader, asked, readings=readings, by_month=self._by_month):
                for leaf, spans in chosen[number].items():
                    if span in spans:
                        self._add(leaf, span, part)

    def _read_days(self, definition: Definition, spans: Iterable[Days], number: int | None) -> set[tuple[str, date]]:
        """The channels and days with a reading. Two sources may take turns, so that their days cannot be added up."""
        assert definition.measure
        first, last = min(a for a, _ in spans), max(b for _, b in spans)
        rows = rows_between(definition.measure, first, last)
        sums = f"WITH {daily(definition.measure, rows)} SELECT channel, period_day AS day, upper FROM single"
        if number is not None:
            sums = f"SELECT channel, day, upper FROM kpi_day WHERE measure = {number}"
        sql = f"SELECT DISTINCT channel, day FROM ({at_moment(sums, self._reader.as_of)}) WHERE upper IS NOT NULL"
        return cast("set[tuple[str, date]]", set(self._reader.rows(sql)))

    def _read_rows(self, definition: Definition, days: list[Days]) -> None:
        found = read_parts(self._reader, definition, days, self._reader.as_of, by_month=self._by_month)
        for span, parts in found.items():
            for part in parts:
                self._add(definition.id, span, part)

    def _add(self, leaf: str, span: Days, part: Part) -> None:
        places = self._found[leaf][span]
        places.setdefault(None, []).append(part)
        if part.channel is not None:
            places.setdefault(part.channel, []).append(part)


def read_parts(
    reader: Reader, definition: Definition, spans: list[Days], as_of: datetime, *, by_month: bool = False
) -> Parts:
    """The parts of each span, from one statement over the rows themselves."""
    statement = compile_kpi(definition, spans, as_of=as_of, by_month=by_month)
    found: dict[Days, list[Part]] = {}
    for first, last, *rest in reader.rows(statement.sql, statement.params):
        found.setdefault((cast("date", first), cast("date", last)), []).append(part_of(rest))
    return found
