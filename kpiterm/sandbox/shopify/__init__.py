"""Shopify's side of the sandbox: the Admin GraphQL API, its token endpoint, and the files of bulk operations.

`build` is the plain demo shop. For other scopes, credentials or limits give the sandbox
`partial(build, setup=Setup(…))` in place of the vendor's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpiterm.sandbox.shopify.after_fields import AFTER_FIELDS
from kpiterm.sandbox.shopify.api import AdminApi
from kpiterm.sandbox.shopify.bulk import BulkOperations
from kpiterm.sandbox.shopify.catalog_fields import CATALOG_FIELDS
from kpiterm.sandbox.shopify.context import SCOPES, Setup
from kpiterm.sandbox.shopify.execute import EDGES
from kpiterm.sandbox.shopify.files import HOST, Files
from kpiterm.sandbox.shopify.identity import SHOP, identity_of
from kpiterm.sandbox.shopify.oauth import Tokens
from kpiterm.sandbox.shopify.order_fields import ORDER_FIELDS
from kpiterm.sandbox.shopify.payment_fields import PAYMENT_FIELDS
from kpiterm.sandbox.shopify.root_fields import ROOT_FIELDS
from kpiterm.sandbox.shopify.schema import schema
from kpiterm.sandbox.shopify.storefront import Storefront
from kpiterm.sandbox.shopify.throttle import PointBucket
from kpiterm.sandbox.shopify.values import CANARIES
from kpiterm.sandbox.vendor import Vendor
from kpiterm.sandbox.wire import json_response

if TYPE_CHECKING:
    from kpiterm.sandbox.shopify.execute import Resolver, Resolvers
    from kpiterm.sandbox.vendor import World

__all__ = ["CANARIES", "SCOPES", "SHOP", "Setup", "Storefront", "build", "resolvers"]


def build(world: World, setup: Setup | None = None) -> Vendor:
    """The demo seller's online shop."""
    setup = setup or Setup()
    identity, files = identity_of(world.shop.seed), Files(world.clock)
    known = resolvers()
    api = AdminApi(
        world=world,
        setup=setup,
        front=Storefront(world.shop),
        tokens=Tokens(identity, setup, world),
        bulk=BulkOperations(world, files, schema(), known),
        bucket=PointBucket(setup.bucket, world.clock.time),
        schema=schema(),
        resolvers=known,
    )
    return Vendor(
        accounts=tuple(identity.account(grant) for grant in setup.grants),
        hosts={SHOP: api.answer, HOST: files.answer},
        storms={SHOP: api.stormy},
        outages={
            "500": json_response(500, {"errors": "Internal Server Error"}),
            "503": json_response(503, {"errors": "Service Unavailable"}),
        },
    )


def resolvers() -> Resolvers:
    """How every field is found, by type; fields that are not named here are keys of their object."""
    found: dict[str, dict[str, Resolver]] = {name: dict(EDGES) for name in schema() if name.endswith("Edge")}
    for part in (ROOT_FIELDS, ORDER_FIELDS, AFTER_FIELDS, CATALOG_FIELDS, PAYMENT_FIELDS):
        for name, fields in part.items():
            found.setdefault(name, {}).update(fields)
    return found
