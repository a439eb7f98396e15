"""All importers of this plugin; the first that recognises a file reads it."""

from __future__ import annotations

from kpiterm_walmart.import_ads import SPONSORED_SEARCH
from kpiterm_walmart.import_performance import ITEM_PERFORMANCE
from kpiterm_walmart.import_recon import RECON

IMPORTERS = (RECON, ITEM_PERFORMANCE, *SPONSORED_SEARCH)
