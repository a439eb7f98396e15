"""The lines of a reconciliation report, reduced to what is kept: where the parcel went never leaves the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpiterm.plugins import DataError, Rejected
from kpiterm.plugins.parse import count, currency_of, day, lost_digits, money

# Our column, and its header in the report.
_HEADERS = {
    "type": "Transaction Type",
    "description": "Transaction Description",
    "amount_type": "Amount Type",
    "order_id": "Purchase Order #",
    "sku": "Partner Item Id",
    "currency": "Currency",
    "quantity": "Ship Qty",
    "amount": "Amount",
    "posted_on": "Transaction Posted Timestamp",
}
_SUMMARY = {"period_start": "Period Start Date", "period_end": "Period End Date", "payable": "Total Payable"}
COLUMNS = ("settlement", *_HEADERS)
REQUIRED = ("Transaction Posted Timestamp", "Transaction Type", "Amount", "Amount Type", "Purchase Order #")
PAYOUT = "PaymentSummary"


@dataclass(frozen=True, slots=True)
class Lines:
    """`kept` holds values by column, `refused` the rows that cannot be read; `period` is the payout's, if named."""

    kept: Sequence[Mapping[str, str]]
    refused: Sequence[Rejected]
    period: str | None

    @classmethod
    def of(cls, rows: Iterable[Sequence[str | None]], what: str) -> Lines:
        """Read the rows of a file, header first; DataError where one cannot be read, or the header is another's."""
        source = iter(rows)
        header = [(cell or "").strip().casefold() for cell in next(source, ())]
        if missing := [name for name in REQUIRED if name.casefold() not in header]:
            raise DataError(
                f"{what} has no column {missing[0]!r}", hint="report this: the format of the report has changed"
            )
        lines = cls.read(header, source)
        if lines.refused:
            first = lines.refused[0]
            raise DataError(f"{what}, row {first.row}: {first.reason}", hint="nothing of it was stored; report this")
        return lines

    @classmethod
    def read(cls, header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> Lines:
        """Read the rows below `header`, whose cells are in lower case; a row that cannot be read is kept apart."""
        kept, refused, period = [], [], None
        wanted = {ours: header.index(name.casefold()) for ours, name in _named() if name.casefold() in header}
        for number, cells in enumerate(rows, start=1):
            row = {ours: (cells[at] or "").strip().strip('"') for ours, at in wanted.items() if at < len(cells)}
            if not row.get("type") and not row.get("amount"):  # such as "Number of Lines in file 81" below the header
                continue
            try:
                kept.append(_line(row))
                period = period or _period(row)
            except ValueError as error:
                refused.append(Rejected(number, str(error)))
        return cls(kept, refused, period)

    def tsv(self, otherwise: str | None = None) -> bytes:
        """The kept lines under `COLUMNS`; the settlement is the payout's period, or `otherwise` where none is named."""
        statement = self.period or otherwise or self._span()
        texts = ("\t".join(COLUMNS), *("\t".join(_cells(line, statement)) for line in self.kept))
        return ("\n".join(texts) + "\n").encode()

    def _span(self) -> str:
        days = [line["posted_on"] for line in self.kept]
        return f"{min(days)}..{max(days)}" if days else ""


def _named() -> Iterator[tuple[str, str]]:
    yield from _HEADERS.items()
    yield from _SUMMARY.items()


def _line(row: Mapping[str, str]) -> dict[str, str]:
    """The row with every number and date in one notation; ValueError says which cannot be read."""
    if not row.get("type"):
        raise ValueError("Transaction Type is blank")
    payout = row["type"] == PAYOUT
    amount = money(row.get("payable" if payout else "amount"), decimal_comma=False)
    if amount is None:
        raise ValueError(f"{row['type']} line without an amount")
    if lost_digits(row.get("order_id")):
        raise ValueError(f"Purchase Order # {row['order_id']!r} was cut by a spreadsheet")
    units = count(row.get("quantity"))
    return {
        **{name: row.get(name, "") for name in ("type", "description", "amount_type", "order_id", "sku")},
        "currency": currency_of(row.get("currency")) or "",
        "quantity": "" if units is None else str(units),
        # A payout takes out of the account what the other lines put in.
        "amount": str(-amount if payout else amount + Decimal(0)),
        "posted_on": _date(row.get("posted_on")).isoformat(),
    }


def _date(text: str | None) -> date:
    return day(text, month_first=True)


def _period(row: Mapping[str, str]) -> str | None:
    start, end = row.get("period_start"), row.get("period_end")
    return f"{_date(start)}..{_date(end)}" if start and end else None


def _cells(line: Mapping[str, str], statement: str) -> Iterator[str]:
    for name in COLUMNS:
        yield statement if name == "settlement" else " ".join(line[name].split())
