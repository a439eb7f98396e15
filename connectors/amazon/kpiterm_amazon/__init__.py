"""kpiterm's Amazon connector: the Selling Partner API, Amazon Ads, and the files that Seller Central exports."""

from __future__ import annotations

from collections.abc import Iterable

from kpiterm.plugins import Connector, Importer, hookimpl


@hookimpl
def kpiterm_connectors() -> Iterable[Connector]:
    """The one connector of this plugin."""
    from kpiterm_amazon.connector import AMAZON

    return (AMAZON,)


@hookimpl
def kpiterm_importers() -> Iterable[Importer]:
    """Readers of the files that Seller Central and the Ads console export."""
    from kpiterm_amazon.import_files import IMPORTERS

    return IMPORTERS
