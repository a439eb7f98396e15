"""The readers of files that this plugin offers; at most one of them takes a file."""

from __future__ import annotations

from kpiterm.plugins import Importer
from kpiterm_shopify.import_inventory import INVENTORY_FILE
from kpiterm_shopify.import_orders import ORDERS_FILE
from kpiterm_shopify.import_products import PRODUCTS_FILE

IMPORTERS: tuple[Importer, ...] = (ORDERS_FILE, INVENTORY_FILE, PRODUCTS_FILE)
