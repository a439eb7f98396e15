"""The report types that the sandbox makes: what may be asked, how often, and how the document is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kpiterm.sandbox.amazon.fba_files import returns_file, stock_file
from kpiterm.sandbox.amazon.flat_file import LATIN_TSV, all_orders
from kpiterm.sandbox.amazon.performance import performance_report
from kpiterm.sandbox.amazon.planning_files import planning_file, restock_file
from kpiterm.sandbox.amazon.sales_traffic import sales_traffic_report
from kpiterm.sandbox.amazon.seller_files import feedback_file, merchant_returns_file, reimbursements_file
from kpiterm.sandbox.amazon.stock_ledger import ledger_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpiterm.sandbox.shop import Shop

DAY = 86400


class Asked(NamedTuple):
    """One accepted request: epoch seconds of the window, the moment of asking, and the options."""

    start: int
    end: int
    at: int
    options: Mapping[str, str]


class ReportType(NamedTuple):
    """`make` gives the text of the document, or None when there are no data."""

    make: Callable[[Shop, Asked], str | None]
    options: Mapping[str, tuple[str, ...]] = {}
    content_type: str = "text/plain; charset=UTF-8"
    encoding: str = "utf-8"
    max_span: int = 0  # seconds; longer requests end FATAL
    interval: int = 0  # seconds between two requests of this type
    too_soon: str = "CANCELLED"  # how an earlier request ends


def _by_order_date(shop: Shop, asked: Asked) -> str | None:
    return all_orders(shop, asked.start, asked.end, asked.at, by_update=False)


def _by_last_update(shop: Shop, asked: Asked) -> str | None:
    return all_orders(shop, asked.start, asked.end, asked.at, by_update=True)


def _sales_traffic(shop: Shop, asked: Asked) -> str | None:
    return sales_traffic_report(shop, asked.start, asked.end, asked.at, asked.options)


def _stock(shop: Shop, asked: Asked) -> str | None:
    return stock_file(shop, asked.at)


def _returns(shop: Shop, asked: Asked) -> str | None:
    return returns_file(shop, asked.start, asked.end, asked.at)


def _performance(shop: Shop, asked: Asked) -> str | None:
    return performance_report(shop, asked.at)


def _merchant_returns(shop: Shop, asked: Asked) -> str | None:
    return merchant_returns_file(shop, asked.start, asked.end, asked.at)


def _reimbursements(shop: Shop, asked: Asked) -> str | None:
    return reimbursements_file(shop, asked.start, asked.end, asked.at)


def _feedback(shop: Shop, asked: Asked) -> str | None:
    return feedback_file(shop, asked.start, asked.end, asked.at)


def _planning(shop: Shop, asked: Asked) -> str | None:
    return planning_file(shop, asked.at)


def _restock(shop: Shop, asked: Asked) -> str | None:
    return restock_file(shop, asked.at)


def _ledger(shop: Shop, asked: Asked) -> str | None:
    return ledger_file(shop, asked.start, asked.end, asked.at)


def _fba_daily(
    make: Callable[[Shop, Asked], str | None], options: Mapping[str, tuple[str, ...]] | None = None
) -> ReportType:
    """FBA reports that Amazon refreshes daily: one request in four hours."""
    return ReportType(make, options or {}, LATIN_TSV, "cp1252", interval=4 * 3600, too_soon="FATAL")


TYPES: Mapping[str, ReportType] = {
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL": ReportType(
        _by_last_update, content_type=LATIN_TSV, encoding="cp1252", max_span=30 * DAY
    ),
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL": ReportType(
        _by_order_date, content_type=LATIN_TSV, encoding="cp1252", max_span=30 * DAY
    ),
    "GET_SALES_AND_TRAFFIC_REPORT": ReportType(
        _sales_traffic,
        options={"dateGranularity": ("DAY", "WEEK", "MONTH"), "asinGranularity": ("PARENT", "CHILD", "SKU")},
        interval=900,
    ),
    "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA": ReportType(
        _stock, content_type=LATIN_TSV, encoding="cp1252", interval=1800, too_soon="FATAL"
    ),
    "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA": _fba_daily(_returns),
    "GET_FBA_REIMBURSEMENTS_DATA": _fba_daily(_reimbursements),
    "GET_FBA_INVENTORY_PLANNING_DATA": _fba_daily(_planning),
    "GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT": _fba_daily(_restock),
    "GET_LEDGER_SUMMARY_VIEW_DATA": _fba_daily(
        _ledger, {"aggregateByLocation": ("COUNTRY",), "aggregatedByTimePeriod": ("DAILY",)}
    ),
    "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE": ReportType(
        _merchant_returns, content_type=LATIN_TSV, encoding="cp1252", max_span=60 * DAY
    ),
    "GET_SELLER_FEEDBACK_DATA": ReportType(_feedback, content_type=LATIN_TSV, encoding="cp1252"),
    "GET_V2_SELLER_PERFORMANCE_REPORT": ReportType(_performance),
}
