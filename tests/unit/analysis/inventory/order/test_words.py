"""The sentence of a suggestion tells what happens to the SKU, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from kpiterm.analysis.inventory.order.line import Excess, Exit, Holiday, Line, Part, Past, Selling, Transfer
from kpiterm.analysis.inventory.order.waterfall import LINES
from kpiterm.analysis.inventory.order.words import line_name, sentence

TODAY = date(2026, 11, 23)
SELLING = Selling(
    window=30, raw=5.0, shown=6.0, week=6.2, before=6.1, in_stock=25, days=400, trend=0,
)  # fmt: skip
LINE = Line(
    account="us", channel="amazon.com", sku="A", title="Bowl", available=120, inbound=300, daily=6.4, lead=(52, 66),
    gone=date(2027, 1, 20), gone_early=date(2027, 1, 5), order_by=date(2026, 11, 30), late=False, quantity=480,
    mode="sea", parts=(Part(mode="sea", quantity=480, order_by=None, arrives=date(2027, 1, 14)),),
    lasts=date(2027, 2, 2), service=0.95, lost=4.2, lost_without=60.0, lost_waiting=12.4, aged=0.0,
    margin=Decimal("7.50"), unit_cost=Decimal(5), cash=Decimal(2400), currency="USD", moq=96, carton=24,
    constraints=(), waterfall=dict.fromkeys(LINES, 0), selling=SELLING, holiday=None, events=(), transfers=(),
    advice=(),
)  # fmt: skip


def said(line: Line) -> tuple[str, str]:
    return sentence(line, TODAY, "en"), sentence(line, TODAY, "zh")


def test_what_to_do_comes_first() -> None:
    en, zh = said(LINE)
    assert en.startswith(
        "Order 480 by sea by 2026-11-30: 6.4 a day are expected, 120 on hand and 300 inbound last until"
    )
    assert zh.startswith("请在 2026-11-30 前下单 480 件（海运）：预计日均销量 6.4 件，现货 120 件，在途 300 件，可售至")


def test_being_late_says_what_it_costs() -> None:
    en, zh = said(replace(LINE, order_by=date(2026, 11, 13), late=True, lost=42.0))
    assert "Order 480 by sea now, 10 days late" in en
    assert "about 42 units ($315.00) are lost even so, and 12 more by waiting until the next review" in en
    assert "已晚 10 天" in zh
    assert "仍将损失约 42 件（$315.00）" in zh


def test_a_closed_factory_is_named_with_the_units_that_bridge_it() -> None:
    holiday = Holiday(
        name={"en": "Chinese New Year", "zh": "春节"}, first=date(2027, 1, 30), last=date(2027, 2, 27), delay=18
    )
    en, zh = said(replace(LINE, holiday=holiday, waterfall={**LINE.waterfall, "next_orders": 93}))
    assert "closes for Chinese New Year (2027-01-30 to 2027-02-27)" in en
    assert "up to 18 days longer: 93 units bridge that" in en
    assert "春节减产停工" in zh
    assert "为此多备 93 件" in zh


def test_trends_new_skus_and_big_sales_are_told() -> None:
    falling = said(replace(LINE, selling=replace(SELLING, trend=-1, shown=2.0)))
    new = said(replace(LINE, selling=replace(SELLING, days=40, others=True)))
    past = Past(name={"en": "Prime Day", "zh": "Prime 会员日"}, first=date(2026, 10, 6), times=5.2)
    sale = said(replace(LINE, selling=replace(SELLING, sales=(past,))))
    assert "sales have fallen to 2.0 a day over 30 days, from 6.1" in falling[0]
    assert "销量下滑" in falling[1]
    assert "it is new, on sale for 40 days, so that similar SKUs speak for it too" in new[0]
    assert "新品，上架仅 40 天，同时参考了同类 SKU" in new[1]
    assert "Prime Day (2026-10-06) brought 5.2 times a normal day and does not count as one" in sale[0]
    assert "不计入基准" in sale[1]


def test_slow_stock_names_the_cheaper_of_keeping_and_the_best_way_out() -> None:
    price = Exit(way="price", units=50, cost=Decimal(300), price=Decimal("9.99"))
    slow = Excess(
        account="us", channel="amazon.com", sku="A", title=None, available=900, units=500, days=300, aged=0, aging=388,
        step=date(2026, 12, 15), currency="USD", keeping=Decimal(2541), exits=(price,),
    )  # fmt: skip
    idle = replace(LINE, quantity=0, parts=(), order_by=date(2027, 5, 1), excess=slow)
    assert "the cheapest way out before 2026-12-15 is a price of $9.99, for $300.00 instead of $2,541" in said(idle)[0]
    kept = replace(idle, excess=replace(slow, keeping=Decimal(100)))
    assert "keeping it costs $100.00, less than a price of $9.99" in said(kept)[0]
    assert said(kept)[1].startswith("暂不下单，下一次下单不晚于 2027-05-01")


def test_a_split_and_a_transfer_are_told() -> None:
    parts = (
        Part(mode="air", quantity=96, order_by=TODAY, arrives=date(2026, 12, 20)),
        Part(mode="sea", quantity=384, order_by=None, arrives=date(2027, 1, 14)),
    )
    en, zh = said(replace(LINE, mode="split", parts=parts, transfers=(Transfer(channel="shopify", units=30),)))
    assert "Order 480 (96 by air, 384 by sea)" in en
    assert "30 units can come from shopify" in en
    assert "空运 96 件、海运 384 件" in zh


def test_every_line_of_the_derivation_has_a_name_in_both_languages() -> None:
    names = {code: [line_name(code, LINE, 7, "en"), line_name(code, LINE, 7, "zh")] for code in LINES}
    assert names["base"] == [
        "5.0 a day over the last 30 days × 7 days to the next review",
        "近 30 天日均 5.0 × 7 天补货周期",
    ]
    assert names["stock_outs"][0] == "sold out on 5 of 30 days"
    assert all(all(pair) for pair in names.values())
