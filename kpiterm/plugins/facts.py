"""The canonical tables: every connector writes these and every KPI reads them. DDL and docs are generated from here.

Money is DECIMAL(18,4) in the row's own `currency`; moments are naive UTC; `day` and `business_day` are the
marketplace's own business day; NULL means that the source does not say, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT, MONEY, COUNT, DAY, MOMENT, RATE, FLAG = (
    "VARCHAR", "DECIMAL(18,4)", "BIGINT", "DATE", "TIMESTAMP", "DECIMAL(18,8)", "BOOLEAN",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its DuckDB type, and what it means in words and units."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A canonical table. `identity` names what makes a row itself within its account; rows that are equal in it are
    kept side by side (real exports hold true doubles). `version`, where given, is the source's own last-change moment:
    a row never replaces one with a later version."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    version: str | None = None

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return (*COMMON, *self.columns, *LINEAGE)


COMMON = (
    Column("account", TEXT, "the kpiterm account that the row came through"),
    Column("channel", TEXT, "the marketplace, such as amazon.com"),
)
LINEAGE = (
    Column("source", TEXT, "the stream or file kind, such as amazon.orders"),
    Column("run_id", TEXT, "the run that stored the row"),
    Column("loaded_at", MOMENT, "when it was stored"),
    Column("payload", TEXT, "sha256 of the body that it was read from (table payload)"),
)
_CURRENCY = Column("currency", TEXT, "ISO 4217 code of the row's money")
_SKU = Column("sku", TEXT, "the seller's own code")
_ITEM = Column("item_id", TEXT, "the marketplace's code: ASIN, item id, variant id")
_DAY = Column("day", DAY, "business day of the marketplace")
_ORDER = Column("order_id", TEXT, "the marketplace's order number")


def _table(name: str, meaning: str, identity: str, *columns: Column, version: str | None = None) -> Table:
    return Table(name=name, meaning=meaning, columns=columns, identity=tuple(identity.split()), version=version)


_ALL = (
    _table(
        "order_line", "One line of an order as last known; cancelled lines stay, with their status.",
        "order_id line_key", _ORDER,
        Column("line_key", TEXT, "the line's id, or sku#n where the source gives none"),
        Column("ordered_at", MOMENT, "when the buyer ordered"),
        Column("updated_at", MOMENT, "when the marketplace last changed the order"),
        Column("business_day", DAY, "ordered_at in the marketplace's business days"),
        Column("status", TEXT, "pending, open, shipped, cancelled or returned"),
        _SKU, _ITEM, Column("title", TEXT, "product name"),
        Column("quantity", COUNT, "units ordered"),
        Column("item_price", MONEY, "for the whole line, before discount, without shipping"),
        Column("discount", MONEY, "seller-funded promotion on the line, positive"),
        Column("shipping", MONEY, "shipping charged to the buyer"),
        Column("tax", MONEY, "tax on item and shipping"), _CURRENCY,
        Column("fulfilment", TEXT, "marketplace or merchant"), version="updated_at",
    ),
    _table(
        "refund_line", "Money given back on an order line; both dates are kept.",
        "order_id line_key refunded_at", _ORDER,
        Column("line_key", TEXT, "the order line"), _SKU, _ITEM,
        Column("ordered_at", MOMENT, "when the order was placed"),
        Column("refunded_at", MOMENT, "when the refund was granted"),
        Column("quantity", COUNT, "units refunded"),
        Column("amount", MONEY, "refunded to the buyer, positive"), _CURRENCY,
        Column("reason", TEXT, "the source's own reason"),
        Column("fault", TEXT, "seller, marketplace, carrier or buyer, where known"),
    ),
    _table(
        "return_line", "Goods that came back.", "order_id sku returned_at", _ORDER, _SKU, _ITEM,
        Column("returned_at", MOMENT, "when the goods were received or the return requested"),
        Column("quantity", COUNT, "units"), Column("condition", TEXT, "sellable, damaged, …"),
        Column("reason", TEXT, "the source's own reason"), Column("status", TEXT, "the source's own status"),
    ),
    _table(
        "ad_day", "Advertising per day at one level; levels repeat the same money and are never added together.",
        "source day last_day level detail ad_product campaign_id ad_group_id sku item_id term", _DAY,
        Column("last_day", DAY, "last day of the range where level is summary, else equal to day"),
        Column("level", TEXT, "campaign, product, search_term, targeting, placement; summary = a range of days"),
        Column("detail", TEXT, "what a summary row is broken down by: campaign, product, search_term, …"),
        Column("ad_product", TEXT, "SP, SB or SD"), Column("campaign_id", TEXT, "id, or the name where no id is given"),
        Column("campaign", TEXT, "campaign name"), Column("ad_group_id", TEXT, "ad group id or name"), _SKU, _ITEM,
        Column("term", TEXT, "search term, target or placement"),
        Column("spend", MONEY, "cost of clicks or views"), Column("clicks", COUNT, "clicks"),
        Column("impressions", COUNT, "impressions"),
        Column("attributed_sales", MONEY, "sales the platform attributes within attribution_days"),
        Column("attributed_orders", COUNT, "purchases attributed"),
        Column("attributed_units", COUNT, "units attributed"),
        Column("attribution_days", COUNT, "the attribution window: 1, 7, 14 or 30"), _CURRENCY,
    ),
    _table(
        "traffic_day", "Sessions and ordered sales per day, as the marketplace reports them.",
        "source day last_day level detail sku item_id", _DAY,
        Column("last_day", DAY, "last day of the range where level is summary, else empty"),
        Column("level", TEXT, "account, parent, child or sku; summary = a range of days"),
        Column("detail", TEXT, "what a summary row is broken down by: account, parent, child or sku"), _SKU, _ITEM,
        Column("sessions", COUNT, "visits"), Column("page_views", COUNT, "page views"),
        Column("units", COUNT, "units ordered"), Column("order_items", COUNT, "order items"),
        Column("ordered_sales", MONEY, "ordered product sales"),
        Column("refunded_units", COUNT, "units refunded that day"),
        Column("buy_box", RATE, "share of page views with the featured offer, 0 to 1"), _CURRENCY,
    ),
    _table(
        "stock_level", "Stock of a SKU at a place at a moment; every reading is kept.", "taken_at sku item_id location",
        Column("taken_at", MOMENT, "when the stock was read"), _SKU, _ITEM, Column("title", TEXT, "product name"),
        Column("location", TEXT, "fulfilment network or warehouse"), Column("available", COUNT, "sellable now"),
        Column("inbound", COUNT, "on the way: working, shipped and receiving"),
        Column("reserved", COUNT, "held for orders and transfers"),
        Column("unfulfillable", COUNT, "damaged, expired or defective"),
    ),
    _table(
        "inbound", "Goods on their way to a platform's warehouse.", "shipment_id sku",
        Column("shipment_id", TEXT, "the shipment"), _SKU, _ITEM, Column("status", TEXT, "the source's own status"),
        Column("created_at", MOMENT, "when the shipment was made"), Column("arrives_at", MOMENT, "expected arrival"),
        Column("shipped", COUNT, "units sent"), Column("received", COUNT, "units received"),
    ),
    _table(
        "health_metric", "A rate that the platform itself reports, with its own standard, as read on a day.",
        "day metric segment", _DAY, Column("metric", TEXT, "order_defect_rate, late_shipment_rate, …"),
        Column("segment", TEXT, "merchant, marketplace or all: whose fulfilment it covers"),
        Column("period_start", DAY, "first day of the window that the rate covers"),
        Column("period_end", DAY, "last day of that window"),
        Column("numerator", COUNT, "defects"), Column("denominator", COUNT, "orders"),
        Column("rate", RATE, "as the platform states it, a fraction"),
        Column("target", RATE, "the platform's own limit"),
        Column("target_op", TEXT, "<, <=, > or >= : how rate is compared with target"),
        Column("state", TEXT, "good, at_risk, bad or none"),
    ),
    _table(
        "contact", "One buyer conversation.", "contact_id",
        Column("contact_id", TEXT, "the conversation"), _ORDER, Column("received_at", MOMENT, "buyer's first message"),
        Column("replied_at", MOMENT, "first human reply; NULL while unanswered"),
        Column("business_day", DAY, "received_at in the marketplace's business days"),
        Column("needs_reply", FLAG, "false where the seller marked that no reply is needed"),
    ),
    _table(
        "review", "A product review or seller feedback.", "review_id", Column("review_id", TEXT, "the review"),
        Column("kind", TEXT, "product or seller"), Column("reviewed_at", MOMENT, "when it was given"),
        _ORDER, _SKU, _ITEM, Column("rating", COUNT, "1 to 5"),
    ),
    _table(
        "settlement_line", "One line of a payout statement.", "settlement_id posted_at kind detail order_id sku amount",
        Column("settlement_id", TEXT, "the statement"), Column("posted_at", MOMENT, "when it was booked"),
        Column("kind", TEXT, "order, refund, fee, transfer, …"), Column("detail", TEXT, "the source's own type"),
        _ORDER, _SKU, Column("quantity", COUNT, "units"), Column("amount", MONEY, "to the seller positive"), _CURRENCY,
    ),
    _table(
        "fee", "A platform fee that is not on a settlement.", "day kind sku amount", _DAY,
        Column("kind", TEXT, "storage, aged_inventory, removal, …"), _SKU, _ITEM,
        Column("quantity", COUNT, "units charged"), Column("amount", MONEY, "cost, positive"), _CURRENCY,
    ),
    _table(
        "listing", "An offer as listed.", "sku", _SKU, _ITEM, Column("title", TEXT, "product name"),
        Column("price", MONEY, "current price"), _CURRENCY, Column("status", TEXT, "active, inactive or incomplete"),
        Column("parent_id", TEXT, "variation parent"), Column("category", TEXT, "the source's own category"),
        Column("listed_at", MOMENT, "when it was created"),
    ),
    _table(
        "cost", "Unit cost of a SKU from a day on, and when that was recorded.", "sku valid_from", _SKU,
        Column("valid_from", DAY, "first day"), Column("unit_cost", MONEY, "landed cost of one unit"), _CURRENCY,
        Column("recorded_at", MOMENT, "when the cost was entered"),
    ),
    _table(
        "market_estimate", "A third party's estimate: never feeds a contract KPI.", "day item_id keyword metric",
        _DAY, _ITEM, Column("keyword", TEXT, "search phrase that the estimate is of, if any"),
        Column("metric", TEXT, "revenue, units, …"), Column("estimate", MONEY, "the value"),
        Column("bound", TEXT, "exact, more_than or less_than"), _CURRENCY,
    ),
    _table(
        "keyword_rank", "Where an item ranks for a keyword.", "day item_id keyword kind", _DAY, _ITEM,
        Column("keyword", TEXT, "search phrase"), Column("kind", TEXT, "organic or sponsored"),
        Column("rank", COUNT, "position, 1 is first"), Column("bound", TEXT, "exact, or more_than for '>306'"),
        Column("search_volume", COUNT, "searches a month"),
    ),
    _table(
        "access_grant", "Who may do what on the platform, as the connector sees it.", "day principal role", _DAY,
        Column("principal", TEXT, "user, application or token"), Column("role", TEXT, "role or scope"),
        Column("level", TEXT, "view or edit"), Column("expires_at", MOMENT, "NULL where it does not expire"),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {table.name: table for table in _ALL}


def ddl(table: Table, *, history: bool = False) -> str:
    """CREATE TABLE for the live rows, or for the versions that were superseded."""
    extra = ("    superseded_at TIMESTAMP NOT NULL", "    superseded_by VARCHAR NOT NULL") if history else ()
    lines = [f"    {c.name} {c.type}" for c in table.all_columns]
    name = f"{table.name}_history" if history else table.name
    return f"CREATE TABLE {name} (\n" + ",\n".join((*lines, *extra)) + "\n);"


def markdown() -> str:
    """The reference page of all tables, as in docs/reference/tables.md."""
    parts = ["# Canonical tables\n", __doc__ or ""]
    for table in _ALL:
        parts.append(f"## {table.name}\n\n{table.meaning}\n\n| column | type | meaning |\n|---|---|---|")
        parts.append("\n".join(f"| {c.name} | {c.type} | {c.meaning} |" for c in table.all_columns) + "\n")
    return "\n".join(parts)
