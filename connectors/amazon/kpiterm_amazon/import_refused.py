"""Files that are known and not taken, each with the reason and what to import instead."""

from __future__ import annotations

from collections.abc import Iterator

from kpiterm.plugins import DataError, Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm_amazon.import_table import Header

_SYNC = "`kpiterm sync` reads it from Amazon with the day on which it holds"
# Kind, title, columns by which it is known, why it is not taken, what to do instead.
_TABLE = (
    ("unshipped_orders", "Unshipped orders",
     ("order-id", "order-item-id", "purchase-date", "quantity-to-ship", "buyer-name", "recipient-name"),
     "the unshipped-orders report is a list for the packing table: names and addresses of buyers, and no prices",
     "import the All Orders report (Reports, Fulfilment, All Orders)"),
    ("fulfilled_shipments", "Amazon-fulfilled shipments",
     ("amazon-order-id|Amazon注文番号", "shipment-id|納品番号", "shipment-item-id|出荷商品ID",
      "quantity-shipped|出荷商品数", "buyer-email|購入者のEメール"),
     "the shipments report tells parcels, not orders: one in two parcels would count twice, with buyers' addresses",
     "import the All Orders report of the same days"),
    ("fee_preview", "FBA fee preview",
     ("fnsku", "asin", "estimated-fee-total|手数料見積り額",
      "estimated-referral-fee-per-unit|販売手数料見積り額(個数あたり)|販売手数料見積り額（個数あたり）"),
     "the fee preview holds estimates for one unit, no money that was charged",
     "fees that were charged are in the settlement, transaction and storage fee reports"),
    ("recommended_removals", "FBA recommended removal",
     ("snapshot-date|日付", "sku|出品者SKU", "fnsku",
      "inv-age-365-plus-days|Sellable-Removal-Quantity|recommended-removal-sellable|販売可能商品を削除"),
     "the recommended removals are advice of one day, neither stock nor money",
     "import the FBA inventory report for stock, and the aged inventory surcharge for money"),
    ("inventory_ledger", "FBA inventory ledger", ("FNSKU", "MSKU", "Disposition", "Starting Warehouse Balance"),
     "the inventory ledger tells how stock moved, which no KPI uses",
     "import the FBA inventory report for stock"),
    ("seller_feedback", "Seller feedback", ("Rating", "Comments", "Your Response", "Order ID", "Rater Email"),
     "the feedback report holds buyers' words and addresses, and only ratings of one to three stars",
     "`kpiterm sync` reads ratings without comments"),
    ("search_query_performance", "Search query performance", ("dataByAsin.searchQueryData.searchQuery",),
     "search query performance counts what all buyers of a category searched for, which no KPI uses", ""),
    ("search_catalog_performance", "Search catalogue performance", ("dataByAsin.impressionData.impressionCount",),
     "search catalogue performance counts impressions in searches, which no KPI uses", ""),
    ("seller_performance", "Account health", ("accountStatuses.marketplaceId", "accountStatuses.status"),
     "the account health report does not say of which day it is", _SYNC),
    ("seller_performance_metrics", "Account health",
     ("performanceMetrics.orderDefectRate.afn.reportingDateRange.reportingDateFrom",),
     "the account health report does not say of which day it is", _SYNC),
)  # fmt: skip


def _importer(kind: str, title: str, columns: tuple[str, ...], reason: str, instead: str) -> Importer:
    names = {column: tuple(column.split("|")) for column in columns}

    def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
        raise DataError(f"{sheet.path.name} is known and not imported: {reason}", hint=instead)

    header = Header(names=names, needed=columns)
    return Importer(
        kind=f"amazon.{kind}",
        title=f"{title} (not imported)",
        recognise=header,
        read=read,
        columns=header.columns,
    )


REFUSED = tuple(_importer(*line) for line in _TABLE)
