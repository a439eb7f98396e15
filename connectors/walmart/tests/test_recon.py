"""Payouts: ZIP files by date, errors in their place, and lines that add up."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from kpiterm.plugins import DataError, Note, Payload, Rejected, Window
from kpiterm.sync.sheets import open_sheets
from kpiterm_walmart import archives
from kpiterm_walmart.import_files import IMPORTERS
from kpiterm_walmart.recon import SHAPE

if TYPE_CHECKING:
    from conftest import Host, Rows

    Read = Callable[..., dict[str, Rows]]

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=30), NOW)
HEADER = (
    "Period Start Date,Period End Date,Total Payable,Currency,Transaction Key,Transaction Posted Timestamp,"
    "Transaction Type,Transaction Description,Customer Order #,Purchase Order #,Amount,Amount Type,Ship Qty,"
    "Partner Item Id,Ship to City,Ship to Zipcode"
)
REPORT = f"""{HEADER}
Number of Lines in file 7
11/01/2026,11/14/2026,21.39,USD,,11/15/2026,PaymentSummary,Deposited in account,,,,,,,,
,,,,k1,11/3/2026,Sale,Purchase,200011,11,31.96,Product Price,4,MAT-1,Temple City,91780
,,,,k1,11/3/2026,Sale,Purchase,200011,11,-4.79,Commission on Product,4,MAT-1,Temple City,91780
,,,,k2,11/3/2026,Adjustment,Walmart Shipping Label Charge,200011,11,-3.82,Fee/Reimbursement,,MAT-1,"City, Old",91780
,,,,k3,11/09/2026,Refund,,200011,11,"-1,000.00",Product Price,1,MAT-1,Temple City,91780
,,,,k3,11/09/2026,Refund,,200011,11,998.04,Product Price,1,MAT-1,Temple City,91780
"""


def zipped(*texts: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"report{number}.csv", text.encode("utf-8-sig"))
    return packed.getvalue()


def vendor(content: bytes, dates: tuple[str, ...] = ("11162026",)) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/availableReconFiles"):
            return httpx.Response(200, json={"availableApReportDates": list(dates)})
        return httpx.Response(200, content=content)

    return answer


def test_asks_for_the_reports_dated_within_the_window(host: Host) -> None:
    host.fetch("recon", vendor(zipped(REPORT), ("07012018", "11162026", "11022026", "10022026")), WINDOW)
    files = host.asked("/v3/report/reconreport/reconFile")
    assert [r.url.params["reportDate"] for r in files] == ["11022026", "11162026"]
    assert {(r.url.params["reportVersion"], r.headers["accept"]) for r in files} == {("v1", "application/octet-stream")}


def test_a_statement_adds_up_to_its_payout(host: Host, read: Read) -> None:
    rows = read("recon", host.fetch("recon", vendor(zipped(REPORT)), WINDOW))["settlement_line"]
    assert {r["settlement_id"] for r in rows} == {"2026-11-01..2026-11-14"}
    assert [(r["kind"], r["amount"]) for r in rows] == [
        ("transfer", Decimal("-21.39")), ("order", Decimal("31.96")), ("fee", Decimal("-4.79")),
        ("fee", Decimal("-3.82")), ("refund", Decimal(-1000)), ("refund", Decimal("998.04")),
    ]  # fmt: skip
    assert sum(r["amount"] for r in rows) == 0


def test_a_line(host: Host, read: Read) -> None:
    rows = read("recon", host.fetch("recon", vendor(zipped(REPORT)), WINDOW))["settlement_line"]
    assert rows[3] == {
        "_payload": 1, "settlement_id": "2026-11-01..2026-11-14",
        "posted_at": datetime.fromisoformat("2026-11-03T08:00"),
        "kind": "fee", "detail": "Walmart Shipping Label Charge", "order_id": "11", "sku": "MAT-1",
        "quantity": None, "amount": Decimal("-3.82"), "currency": "USD",
    }  # fmt: skip
    assert (rows[1]["detail"], rows[1]["quantity"]) == ("Product Price", 4)


def test_where_the_parcel_went_never_leaves_the_file(host: Host) -> None:
    (payload,) = host.fetch("recon", vendor(zipped(REPORT)), WINDOW)
    assert isinstance(payload, Payload)
    assert isinstance(payload.body, bytes)
    assert not [word for word in (b"Temple", b"91780", b"200011") if word in payload.body]


def test_a_report_without_a_payout_is_filed_under_its_own_date(host: Host, read: Read) -> None:
    lines = "\n".join(line for line in REPORT.splitlines() if "PaymentSummary" not in line)
    rows = read("recon", host.fetch("recon", vendor(zipped(lines)), WINDOW))["settlement_line"]
    assert {r["settlement_id"] for r in rows} == {"2026-11-16"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"<errors><error><code>NOT_FOUND</code><description>no report</description></error></errors>",
            "NOT_FOUND no report",
        ),
        (b'{"errors":[{"code":"X1","description":"later"}]}', "X1 later"),
        (b"<html><body><h1>Service down</h1></body></html>", "Service down"),
        (b"", "nothing"),
    ],
)
def test_errors_with_status_200_are_errors(host: Host, content: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        host.fetch("recon", vendor(content), WINDOW)


def test_a_truncated_archive_is_named(host: Host) -> None:
    with pytest.raises(DataError, match="damaged ZIP"):
        host.fetch("recon", vendor(zipped(REPORT)[:200]), WINDOW)


def test_an_archive_of_several_files_is_not_read_in_part(host: Host) -> None:
    with pytest.raises(DataError, match="2 files instead of one"):
        host.fetch("recon", vendor(zipped(REPORT, REPORT)), WINDOW)


def test_an_archive_that_unpacks_too_far_is_refused(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 100)
    with pytest.raises(DataError, match="unpacks to more"):
        host.fetch("recon", vendor(zipped(REPORT)), WINDOW)


@pytest.mark.parametrize(
    ("broken", "says"),
    [(REPORT.replace("Sale,Purchase", ",Purchase"), "Transaction Type is blank"),
     (REPORT.replace("31.96", "31.96x"), "row 3.*31.96x"),
     (REPORT.replace("11/3/2026,Sale", "sometime,Sale"), "sometime"),
     (REPORT.replace("Amount Type", "Amt"), "no column 'Amount Type'"), ("", "no column")],
)  # fmt: skip
def test_a_line_that_cannot_be_read_stores_nothing(host: Host, broken: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        host.fetch("recon", vendor(zipped(broken)), WINDOW)


def test_a_date_that_is_none(host: Host) -> None:
    with pytest.raises(DataError, match="20261116"):
        host.fetch("recon", vendor(b"", ("20261116",)), WINDOW)


def test_a_seller_without_reports(host: Host) -> None:
    assert host.fetch("recon", lambda _: httpx.Response(404), WINDOW) == []


# --- the same file, imported ---


def test_an_imported_report_gives_the_same_lines(host: Host, read: Read, tmp_path: Path) -> None:
    path = tmp_path / "recon.csv"
    path.write_text(REPORT.replace("Number of Lines in file 7\n", ""), encoding="utf-8-sig")
    (sheet,) = open_sheets(path)
    (importer,) = [i for i in IMPORTERS if i.recognise(sheet)]
    assert importer.kind == "walmart.recon"
    imported = read(SHAPE, [i for i in importer.read(sheet) if isinstance(i, Payload)])
    assert imported == read("recon", host.fetch("recon", vendor(zipped(REPORT)), WINDOW))


def test_bad_lines_of_an_import_are_kept_apart(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "recon.csv"
    rows = [line for line in REPORT.splitlines() if "Number of" not in line and "PaymentSummary" not in line]
    path.write_text("\n".join(rows).replace("31.96", "oops").replace(",11,-4.79", ",1.19111E+14,-4.79"))
    (sheet,) = open_sheets(path)
    items = list(IMPORTERS[0].read(sheet))
    assert [(i.row, i.reason) for i in items if isinstance(i, Rejected)] == [
        (1, "'oops' is no amount"), (2, "Purchase Order # '1.19111E+14' was cut by a spreadsheet"),
    ]  # fmt: skip
    assert [i for i in items if isinstance(i, Note)]
    kept = read(SHAPE, [i for i in items if isinstance(i, Payload)])["settlement_line"]
    assert {r["settlement_id"] for r in kept} == {"2026-11-03..2026-11-09"}
    assert len(kept) == 3
