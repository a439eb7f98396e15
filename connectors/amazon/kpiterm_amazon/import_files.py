"""The readers of files that this plugin offers; at most one of them takes a file."""

from __future__ import annotations

from kpiterm.plugins import Importer
from kpiterm_amazon.import_ads import SPONSORED_PRODUCTS, UNIFIED
from kpiterm_amazon.import_business import BUSINESS_REPORTS
from kpiterm_amazon.import_orders import ALL_ORDERS_FILE

IMPORTERS: tuple[Importer, ...] = (ALL_ORDERS_FILE, *SPONSORED_PRODUCTS, *UNIFIED, *BUSINESS_REPORTS)
