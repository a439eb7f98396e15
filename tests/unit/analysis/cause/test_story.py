"""The story of a change, as it would be said in a review meeting."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.analysis.cause.conftest import Shop

OLD, NEW = date(2026, 10, 3), date(2026, 11, 3)
# Units and sales before and after, visits before and after.
SKUS = {
    "LAMP": (60, 3000, 6, 300, 600, 590),
    "RUG": (40, 2000, 30, 1500, 500, 400),
    "BOX": (20, 1000, 26, 1300, 400, 430),
    "BED": (10, 800, 10, 700, 100, 105),
    "MAT": (5, 50, 4, 40, 90, 85),
    "PAD": (5, 50, 6, 60, 90, 95),
    "CUP": (4, 20, 0, 0, 30, 30),
}


@pytest.fixture
def review(shop: Shop) -> Shop:
    for sku, (units0, sales0, units1, sales1, visits0, visits1) in SKUS.items():
        shop.seen(OLD, sku, visits0)
        shop.seen(NEW, sku, visits1)
        shop.sold(OLD, sku, units0, sales0, title=f"The {sku.title()}, Large")
        if units1:
            shop.sold(NEW, sku, units1, sales1)
    for day in shop.days(date(2026, 11, 8), 9):
        shop.stock(day, "LAMP", 0)
    return shop


def test_a_review(review: Shop) -> None:
    cause = review.why("gmv_mom", period=None)
    assert review.tell(cause).splitlines() == [
        "GMV fell 43.6 % (−$3,020) to $3,900, 1–21 November 2026 against 1–21 October.",
        "Conversion took away $2,613, visits (−4.1 %) $207, price $100, mix $80 and lost SKUs (1) $20.",
        "1 SKU was sold out on some days: −$2,700 of the change, about 2 units lost.",
        (
            "Largest by cause: price BED (The Bed) on amazon.com −$100 from $80.00 to $70.00; "
            "lost SKUs CUP (The Cup) on amazon.com −$20."
        ),
        "5 SKUs fell by $3,330 together; 2 SKUs rose by $310 together. The largest 3 make 99.1 % of the falls:",
        (
            "• LAMP (The Lamp) on amazon.com: −$2,700, −39.0 pp "
            "(sold out 9 of 21 days, 8–16 November; about 2 units lost; conversion −$2,680)"
        ),
        "• RUG (The Rug) on amazon.com: −$500, −7.2 pp (visits −$388)",
        "• BED (The Bed) on amazon.com: −$100, −1.4 pp (price −$100 from $80.00 to $70.00)",
        "Against it:",
        "• BOX (The Box) on amazon.com: +$300, +4.3 pp (conversion +$217, visits +$83)",
        "• PAD (The Pad) on amazon.com: +$10, +0.1 pp (conversion +$7, visits +$3)",
    ]


def test_the_same_review_in_chinese(review: Shop) -> None:
    cause = review.why("gmv_mom", period="2026-11", language="zh", channel="amazon.com", top=2)
    assert review.tell(cause, "zh").splitlines() == [
        f"{cause.name}：2026 年 11 月 1–21 日为 $3,900，比 10 月 1–21 日的 $6,920 下降 43.6 %（−$3,020）。",
        "拉低的有：转化率 $2,613、流量（−4.1 %）$207、单价 $100、结构 $80、消失的 SKU（1）$20。",
        "其中 1 个 SKU 期内有断货日，合计 −$2,700，约少卖 2 件。",
        "各因素中最大的：单价：BED（The Bed）−$100 由 $80.00 到 $70.00；消失的 SKU：CUP（The Cup）−$20。",
        "5 个 SKU 拉低，合计 $3,330；2 个 SKU 拉高，合计 $310。最大的 2 个占拉低部分的 96.1 %：",
        "• LAMP（The Lamp）：−$2,700，−39.0 个百分点（21 天中断货 9 天，11 月 8–16 日；约少卖 2 件；转化率 −$2,680）",
        "• RUG（The Rug）：−$500，−7.2 个百分点（流量 −$388）",
    ]


def test_a_ratio_is_told_in_points_and_says_what_lowered_it(shop: Shop) -> None:
    shop.store.ads(date(2026, 9, 1), 1, 10)
    for day, spend, clicks, orders in ((OLD, 90, 100, 9), (NEW, 99, 110, 11)):
        shop.store.ads(
            day, spend, 300, campaign_id="1", campaign="Brand", clicks=clicks, attributed_orders=orders
        )  # fmt: skip
    cause = shop.why("acos", "campaign", period="2026-11")
    assert shop.tell(cause).splitlines() == [
        "ACoS rose 3.00 pp to 33.00 %, 1–21 November 2026 against 1–21 October.",
        "Order value raised it by 6.32 pp; ad conversion lowered it by 3.32 pp.",
        "• Brand on amazon.com: +3.00 pp (order value +6.32 pp, ad conversion −3.32 pp)",
    ]


def test_nothing_changed(shop: Shop) -> None:
    for day in (OLD, NEW):
        shop.sold(day, "A", 1, 10)
    told = shop.tell(shop.why(period="2026-11")).splitlines()[0]
    assert told == "GMV stood at $10.00, 1–21 November 2026 as 1–21 October."


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-10", "1–31 October 2026 against 1–30 September."),
        ("2026-W44", "26 October – 1 November 2026 against 19–25 October."),
        ("2026-11-03..2026-11-03", "3 November 2026 against 2 November."),
    ],
)
def test_days_are_said_as_people_say_them(shop: Shop, period: str, said: str) -> None:
    for number, day in enumerate(shop.days(date(2026, 9, 2), 70)):
        shop.sold(day, "A", 1, 10 + number)
    assert shop.tell(shop.why(period=period)).splitlines()[0].endswith(said)
