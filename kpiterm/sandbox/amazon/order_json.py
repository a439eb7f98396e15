"""One order as Orders API 2026-01-01 shows it, written as text: a serialiser would hold up pages of thousands."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from kpiterm.sandbox.clock import iso
from kpiterm.sandbox.orders import DAY, PLACES, price_known, quantity_shown, status, updated
from kpiterm.sandbox.shop import CURRENCY, MARKETPLACE_ID

if TYPE_CHECKING:
    from collections.abc import Collection

    from kpiterm.sandbox.catalog import Product
    from kpiterm.sandbox.orders import Line, Order

DATASETS = frozenset(
    {
        "BUYER",
        "RECIPIENT",
        "PROCEEDS",
        "EXPENSE",
        "PROMOTION",
        "CANCELLATION",
        "FULFILLMENT",
        "PACKAGES",
        "TAX",
        "PAYMENT",
        "FULFILLMENT_ORDERS",
    }
)


def money(cents: int) -> str:
    """Cents as the text of a decimal, `-0.05` included."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def order_json(order: Order, at: int, included: Collection[str]) -> str:
    """The order as seen at `at`; money, buyer and the other data sets only when they are `included`."""
    state = status(order, at)
    priced = "PROCEEDS" in included and price_known(order, at)
    programs = '"AMAZON_BUSINESS"' if order.business else '"PRIME"' if order.afn and not order.non_amazon else ""
    head = f'{{"orderId":"{order.order_id}","createdTime":"{iso(order.created)}"'
    parts = [
        f'{head},"lastUpdatedTime":"{iso(updated(order, at))}","programs":[{programs}]',
        f'"salesChannel":{_CHANNEL[order.non_amazon]}',
    ]
    if "BUYER" in included and not order.non_amazon:
        parts.append(f'"buyer":{{"buyerEmail":"{order.order_id[4:11]}@marketplace.amazon.com"}}')
    if "RECIPIENT" in included:
        city, region, code, _ = PLACES[order.place]
        address = f'"city":"{city}","stateOrRegion":"{region}","postalCode":"{code}","countryCode":"US"'
        parts.append(f'"recipient":{{"deliveryAddress":{{{address}}}}}')
    if priced:
        parts.append(f'"proceeds":{_order_proceeds(order)}')
    if "FULFILLMENT" in included:
        parts.append(f'"fulfillment":{_order_fulfillment(order, state)}')
    if "PACKAGES" in included and state == "SHIPPED" and not order.afn:
        parts.append(f'"packages":[{_package(order, at)}]')
    items = ",".join(_item(order, line, at, state, included, priced=priced) for line in order.lines)
    return ",".join(parts) + f',"orderItems":[{items}]}}'


_CHANNEL = {
    False: f'{{"channelName":"AMAZON","marketplaceId":"{MARKETPLACE_ID}","marketplaceName":"Amazon.com"}}',
    True: f'{{"channelName":"NON_AMAZON","marketplaceId":"{MARKETPLACE_ID}","marketplaceName":"Non-Amazon US"}}',
}


@lru_cache(maxsize=100_000)
def _money(cents: int) -> str:
    return f'{{"amount":"{money(cents)}","currencyCode":"{CURRENCY}"}}'


def total(lines: Collection[Line]) -> int:
    """What the buyer pays for lines: items, tax and shipping less the discount."""
    return sum(line.price + line.tax + line.shipping - line.discount for line in lines)


def _order_proceeds(order: Order) -> str:
    sums = (
        ("ITEM", sum(line.price for line in order.lines)),
        ("SHIPPING", sum(line.shipping for line in order.lines)),
        ("TAX", sum(line.tax for line in order.lines)),
        ("DISCOUNT", sum(line.discount for line in order.lines)),
    )
    parts = ",".join(
        f'{{"type":"{kind}","subtotal":{_money(cents)}}}' for kind, cents in sums if cents or kind == "ITEM"
    )
    return f'{{"grandTotal":{_money(total(order.lines))},"breakdowns":[{parts}]}}'


def _order_fulfillment(order: Order, state: str) -> str:
    if order.afn:
        return f'{{"fulfillmentStatus":"{state}","fulfilledBy":"AMAZON","fulfillmentServiceLevel":"SECOND_DAY"}}'
    window = f'{{"earliestDateTime":"{iso(order.created)}","latestDateTime":"{iso(order.created + 2 * DAY)}"}}'
    head = f'{{"fulfillmentStatus":"{state}","fulfilledBy":"MERCHANT","fulfillmentServiceLevel":"STANDARD"'
    return f'{head},"shipByWindow":{window}}}'


def _package(order: Order, at: int) -> str:
    items = ",".join(f'{{"orderItemId":"{line.item_id}","quantity":{line.quantity}}}' for line in order.lines)
    delivered = "DELIVERED" if at > order.shipped + 3 * DAY else "IN_TRANSIT"
    return (
        f'{{"packageReferenceId":"1","createdTime":"{iso(order.shipped)}","packageStatus":{{"status":"{delivered}"}},'
        f'"carrier":"USPS","shipTime":"{iso(order.shipped)}","trackingNumber":"9400{order.order_id[4:11]}",'
        f'"packageItems":[{items}]}}'
    )


@lru_cache(maxsize=10_000)
def _product(product: Product) -> str:
    title = json.dumps(product.title, ensure_ascii=False)
    sku = json.dumps(product.sku)
    return f'"asin":"{product.asin}","title":{title},"sellerSku":{sku},"condition":{{"conditionType":"NEW"}}'


def _item(order: Order, line: Line, at: int, state: str, included: Collection[str], *, priced: bool) -> str:
    shown = quantity_shown(order, line, at)
    unit = f',"price":{{"unitPrice":{_money(line.product.price)}}}' if priced else ""
    parts = [f'{{"orderItemId":"{line.item_id}","quantityOrdered":{shown},"product":{{{_product(line.product)}{unit}}}']
    if priced:
        parts.append(f'"proceeds":{_item_proceeds(line)}')
    if "PROMOTION" in included and line.discount:
        parts.append(f'"promotion":{{"breakdowns":[{{"promotionId":"{promotion_id(order, line)}"}}]}}')
    if "CANCELLATION" in included and state == "CANCELLED":
        by = "BUYER" if order.price_kept else "AMAZON" if order.afn else "MERCHANT"
        parts.append(f'"cancellation":{{"cancellationExecution":{{"cancelledBy":"{by}"}}}}')
    if "FULFILLMENT" in included:
        sent = shown if state == "SHIPPED" else 0
        rest = 0 if state == "CANCELLED" else shown - sent
        parts.append(f'"fulfillment":{{"quantityFulfilled":{sent},"quantityUnfulfilled":{rest}}}')
    if "TAX" in included and line.tax:
        party = '"model":"MARKETPLACE_FACILITATOR","responsibleParty":"Amazon Services, Inc."'
        parts.append(f'"tax":{{"taxCollections":[{{{party}}}]}}')
    return ",".join(parts) + "}"


def promotion_id(order: Order, line: Line) -> str:
    """The id of the coupon or deal behind a discount."""
    return f"PLM-{order.day:%Y%m%d}-{line.product.asin}"


def _item_proceeds(line: Line) -> str:
    parts = [f'{{"type":"ITEM","subtotal":{_money(line.price)}}}']
    if line.shipping:
        parts.append(f'{{"type":"SHIPPING","subtotal":{_money(line.shipping)}}}')
    if line.tax:
        parts.append(f'{{"type":"TAX","subtotal":{_money(line.tax)},{_detail(line.tax)}}}')
    if line.discount:
        parts.append(f'{{"type":"DISCOUNT","subtotal":{_money(line.discount)},{_detail(line.discount)}}}')
    return f'{{"proceedsTotal":{_money(total((line,)))},"breakdowns":[{",".join(parts)}]}}'


def _detail(cents: int) -> str:
    return f'"detailedBreakdowns":[{{"subtype":"ITEM","value":{_money(cents)}}}]'
