"""All importers of this plugin; the first that recognises a file reads it."""

from __future__ import annotations

from kpiterm_walmart.import_ads import SPONSORED_SEARCH
from kpiterm_walmart.import_recon import RECON

IMPORTERS = (RECON, *SPONSORED_SEARCH)
