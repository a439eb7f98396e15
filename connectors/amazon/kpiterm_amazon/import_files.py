"""The readers of files that this plugin offers; at most one of them takes a file."""

from __future__ import annotations

from kpiterm.plugins import Importer
from kpiterm_amazon.import_ads import SPONSORED_PRODUCTS, UNIFIED
from kpiterm_amazon.import_ads_sums import ADS_SUMS
from kpiterm_amazon.import_business import BUSINESS_REPORTS
from kpiterm_amazon.import_economics import ECONOMICS
from kpiterm_amazon.import_fees import MONTHLY_FEES
from kpiterm_amazon.import_listings import LISTINGS
from kpiterm_amazon.import_orders import ALL_ORDERS_FILE
from kpiterm_amazon.import_refused import REFUSED
from kpiterm_amazon.import_returns import RETURNS
from kpiterm_amazon.import_sale_report import SALE_REPORT
from kpiterm_amazon.import_settlements import SETTLEMENTS
from kpiterm_amazon.import_stock import INVENTORY
from kpiterm_amazon.import_traffic import TRAFFIC_FILES
from kpiterm_amazon.import_transactions import TRANSACTIONS

IMPORTERS: tuple[Importer, ...] = (
    ALL_ORDERS_FILE, SALE_REPORT, *SETTLEMENTS, TRANSACTIONS, *RETURNS, *INVENTORY, LISTINGS, *MONTHLY_FEES,
    *SPONSORED_PRODUCTS, *UNIFIED, *ADS_SUMS, *BUSINESS_REPORTS, *TRAFFIC_FILES, ECONOMICS, *REFUSED,
)  # fmt: skip
