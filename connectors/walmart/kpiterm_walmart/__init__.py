"""kpiterm's Walmart connector: the Marketplace APIs, Walmart Connect Sponsored Search, and the files both export."""

from __future__ import annotations

from collections.abc import Iterable

from kpiterm.plugins import Connector, Importer, hookimpl


@hookimpl
def kpiterm_connectors() -> Iterable[Connector]:
    """The one connector of this plugin."""
    from kpiterm_walmart.connector import WALMART

    return (WALMART,)


@hookimpl
def kpiterm_importers() -> Iterable[Importer]:
    """Readers of reconciliation and item performance reports, and of Sponsored Search exports."""
    from kpiterm_walmart.import_files import IMPORTERS

    return IMPORTERS
