"""The lines of a plan as rows of a table: chosen, ordered and searched without making forty thousand rows."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock, Timer

from kpiterm.analysis.inventory.order.line import Line
from kpiterm.i18n import said
from kpiterm.tui import stock_text
from kpiterm.tui.tongue import _
from kpiterm.tui.widgets.row_list import Listed, Row

_SOON = 0.3
"""Seconds after which what a person may ask for next is made ready, beside the loop: the table is shown first."""


class StockTable:
    """`due` are the numbers of the lines that need an order, `late` how many of them are late."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.due = [number for number, line in enumerate(lines) if stock_text.is_due(line)]
        self.late = sum(lines[number].late for number in self.due)
        self._orders: dict[str, Sequence[int]] = {"urgency": range(len(lines))}
        self._found: tuple[str, bool, Sequence[str], Sequence[int]] = ("", True, (), ())
        """What was asked for last, and which lines were found."""
        self._words: list[str] = []
        self._numbers: dict[str, int] = {}
        self._reading = Lock()
        timer = Timer(_SOON, self._prepare)
        timer.daemon = True
        timer.start()

    def rows(self, sort: str, words: Sequence[str], *, everything: bool) -> Listed:
        """Those that hold every word, in this order; `words` are casefolded."""
        numbers = self._among(sort, words, everything=everything)
        if words:
            texts = self._texts()
            for word in words:
                numbers = [number for number in numbers if word in texts[number]]
        self._found = (sort, everything, words, numbers)
        return Listed(numbers, self._row, self._find)

    def _among(self, sort: str, words: Sequence[str], *, everything: bool) -> Sequence[int]:
        """Where to look for the words: one more letter, among what was found without it."""
        *asked, before, found = self._found
        if asked == [sort, everything] and all(any(old in new for new in words) for old in before):
            return found
        numbers = self._order(sort)
        if everything:
            return numbers
        due = set(self.due)
        return [number for number in numbers if number in due]

    def line(self, rows: Sequence[Row], place: int) -> Line | None:
        """The line at that place of `rows`."""
        return self.lines[rows.numbers[place]] if isinstance(rows, Listed) and place < len(rows) else None

    def _row(self, number: int) -> Row:
        return stock_text.row(self.lines[number])

    def _find(self, key: str) -> int | None:
        with self._reading:
            if not self._numbers:
                self._numbers = {stock_text.key(line): number for number, line in enumerate(self.lines)}
            return self._numbers.get(key)

    def _order(self, sort: str) -> Sequence[int]:
        if sort not in self._orders:
            keys = list(map(stock_text.SORTS[sort], self.lines))
            self._orders[sort] = sorted(range(len(keys)), key=keys.__getitem__)
        return self._orders[sort]

    def _texts(self) -> list[str]:
        with self._reading:
            if len(self._words) < len(self.lines):
                late = _(said("{0} late", ""))
                self._words = [_searched(line, late if line.late else "") for line in self.lines]
            return self._words

    def _prepare(self) -> None:
        self._find("")
        self._texts()
        for sort in stock_text.SORTS:
            self._order(sort)


def _searched(line: Line, late: str) -> str:
    words = (
        line.sku, line.title or "", line.channel, line.account, f"{line.quantity:,} {line.order_by or ''}", late,
        stock_text.decided(line),
    )  # fmt: skip
    return "  ".join(words).casefold()
