"""kpiterm's Shopify connector: the Admin GraphQL API, ShopifyQL, and the files that the Shopify admin exports."""

from __future__ import annotations

from collections.abc import Iterable

from kpiterm.plugins import Connector, Importer, hookimpl


@hookimpl
def kpiterm_connectors() -> Iterable[Connector]:
    """The one connector of this plugin."""
    from kpiterm_shopify.connector import SHOPIFY

    return (SHOPIFY,)


@hookimpl
def kpiterm_importers() -> Iterable[Importer]:
    """Readers of the CSV files that the Shopify admin exports."""
    from kpiterm_shopify.import_files import IMPORTERS

    return IMPORTERS
