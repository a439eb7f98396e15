"""The words of a bridge, in English and Chinese."""

from __future__ import annotations

from typing import Literal

from kpiterm.analysis.bridge.result import Note

Language = Literal["en", "zh"]
_KPIS = {
    "gmv": ("GMV", "成交总额"),
    "ordered_sales": ("Ordered sales, as reported", "平台报告销售额"),
    "orders": ("Orders", "订单数"),
    "units": ("Units", "销量"),
    "ad_spend": ("Ad spend", "广告花费"),
    "refunds": ("Refunds", "退款额"),
    "net_settlement": ("Net settlement", "净结算额"),
}
_KINDS = {
    "report": ("platform report", "平台报告"),
    "orders": ("order lines", "订单行"),
    "statement": ("statement", "结算明细"),
    "estimate": ("third party", "第三方"),
    "ads": ("ad report", "广告报告"),
    "fees": ("fee report", "费用报告"),
    "payout": ("payouts", "打款"),
    "none": ("no source", "无来源"),
}
_STEPS = {
    "source_days": ("days that the source lacks", "来源缺少的日期"),
    "our_days": ("days that we lack", "我方缺少的日期"),
    "duplicates": ("orders that we count twice", "我方重复计入的订单"),
    "fx": ("amounts in other currencies", "其他币种金额折算"),
    "pending": ("pending orders", "待付款订单"),
    "cancelled": ("cancelled orders", "已取消订单"),
    "date": ("booked in another period", "入账期不同"),
    "time_zone": ("days cut in another zone", "时区不同"),
    "tax": ("tax", "税费"),
    "shipping": ("shipping", "运费"),
    "promotions": ("promotions", "促销折扣"),
    "refunds": ("refunds", "退款"),
    "order_items": ("several items in one order", "一单多件"),
    "currency": ("orders in another currency", "其他币种的订单"),
    "open": ("not shipped yet", "尚未发货"),
    "held": ("money held back", "款项暂扣"),
    "not_posted": ("not booked there yet", "对方尚未入账"),
    "only_source": ("orders only the source has", "仅来源有的订单"),
    "only_ours": ("orders only we have", "仅我方有的订单"),
    "ad_product": ("ad products it leaves out", "来源未含的广告类型"),
    "reserve": ("held in reserve", "预留金"),
    "not_paid": ("not paid out yet", "尚未打款"),
    "residual": ("unexplained", "未解释差额"),
    "ours": ("our number", "我方数字"),
    "theirs": ("its number", "来源数字"),
}
_NOTES = {
    "tried": ("tried: it would move {0}, and the two sides would agree no better", "已试：可移动 {0}，双方并未更接近"),
    "fx": ("converted at the month's rate: {0}", "按当月汇率折算：{0}"),
    "no_rate": (
        "each currency alone: no exchange rate of {0} for {1}; add it to fx.toml and they become one number",
        "各币种分别核对：缺少 {0} 在 {1} 的汇率；写入 fx.toml 后合为一个数字",
    ),
    "no_source_day": ("no row there for {0}", "来源无 {0} 的数据"),
    "no_day_of_ours": ("no row of ours for {0}", "我方无 {0} 的数据"),
    "zone": (
        "the source cuts its days in {0}; {1} lines cross the period's edge", "来源按 {0} 切分日期；{1} 行跨越期间边界"
    ),
    "tax_counted": ("the source counts tax with the goods", "来源的商品金额含税"),
    "tax_left_out": ("the source counts the goods without tax", "来源的商品金额不含税"),
    "tax_apart": ("our prices hold the tax that it books apart", "我方价格含税，来源单独入账"),
    "tax_withheld": ("tax that the platform gives back by itself", "由平台自行退还的税"),
    "refund_day": ("the source deducts refunds on the day they are given", "来源按退款日扣减退款"),
    "order_day": ("the source deducts refunds on the day of the order", "来源按下单日扣减退款"),
    "products": ("not in the source: {0}", "来源不含：{0}"),
    "billed": (
        "a charge is for the days since the one before; the last was on {0}",
        "每次扣款针对上次扣款以来的日期；最近一次为 {0}",
    ),
    "paid_for": ("bookings before the period that its payouts pay", "本期打款所付的期前入账"),
    "payouts": (
        "a payout is held against the last statement that had ended by then", "打款对应当时最近一期已结束的结算单"
    ),
    "estimate": ("a third party's figure: it feeds no KPI", "第三方数字，不进入任何 KPI"),
    "checkouts": (
        "checkouts that the online store's sessions led to: orders taken elsewhere are not among them",
        "仅为网店会话完成的结账，不含其他渠道的订单",
    ),
    "stand_in": ("the period has no rows of ours: {0} stands in", "本期无我方数据，以 {0} 代替"),
    "posting_days": (
        "bookings have the day of posting, the report that of the order; only order lines could tell them apart",
        "入账按过账日、报告按下单日；没有订单行便无法区分",
    ),
    "none_of_ours": ("we have no rows in the period", "本期我方没有数据"),
    "range": ("no rows in the period; it has {0} to {1}", "本期没有数据；其数据为 {0} 至 {1}"),
    "never_both": (
        "no month has both: it has {0} to {1}, the other side {2} to {3}",
        "没有任何月份两者兼有：来源 {0} 至 {1}，另一方 {2} 至 {3}"
    ),
    "no_common_day": (
        "no day has both: it has {0} to {1}, we have {2} to {3}",
        "没有任何一天两者兼有：来源 {0} 至 {1}，我方 {2} 至 {3}"
    ),
    "no_common_order": ("no order is on both sides: nothing can be held against it", "双方没有共同的订单，无从核对"),
    "no_source": (
        "nothing to hold it against: import a business report, a statement or another system's orders of these days",
        "没有可核对的来源：请导入同期的业务报告、结算明细或其他系统的订单",
    ),
}  # fmt: skip


def kpi_name(kpi: str, language: Language) -> str:
    """A KPI as a heading."""
    return _KPIS[kpi][_at(language)]


def kind_name(kind: str, language: Language) -> str:
    """What kind of source it is."""
    return _KINDS[kind][_at(language)]


def step_name(code: str, language: Language) -> str:
    """A step, or one of a bridge's ends."""
    return _STEPS[code][_at(language)]


def said(note: Note | None, language: Language) -> str | None:
    """A remark in words."""
    return _NOTES[note.code][_at(language)].format(*note.values) if note else None


def _at(language: Language) -> int:
    return 1 if language == "zh" else 0
