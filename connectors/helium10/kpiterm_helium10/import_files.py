"""The readers of files that this plugin offers; at most one of them takes a file."""

from __future__ import annotations

from kpiterm.plugins import Importer
from kpiterm_helium10.import_keywords import CEREBRO, MAGNET
from kpiterm_helium10.import_products import PRODUCTS
from kpiterm_helium10.import_tracker import TRACKER

IMPORTERS: tuple[Importer, ...] = (CEREBRO, MAGNET, TRACKER, *PRODUCTS)
