"""Reconciliation reports that were downloaded from Seller Center, unpacked, as CSV, text or Excel."""

from __future__ import annotations

from collections.abc import Iterator

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm_walmart.places import marketplace
from kpiterm_walmart.recon import SHAPE
from kpiterm_walmart.recon_lines import REQUIRED, Lines


def recognise(sheet: Sheet) -> bool:
    """Whether the columns are those of a reconciliation report."""
    return sheet.has(*REQUIRED)


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """One payload with the good lines, reduced to the columns that are kept; the others one by one."""
    lines = Lines.read([cell.casefold() for cell in sheet.header], sheet.rows())
    yield from lines.refused
    if lines.period is None:
        yield Note("the file names no payout (PaymentSummary): its lines are filed under their own first and last day")
    yield Payload(body=lines.tsv(), format="tsv", request=f"file {sheet.path.name}")


RECON = Importer(
    kind="walmart.recon",
    title="Walmart reconciliation report",
    recognise=recognise,
    read=read,
    shape=SHAPE,
    marketplace=marketplace({}),
    columns=REQUIRED,
)
