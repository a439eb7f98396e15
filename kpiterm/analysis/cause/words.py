"""The words of the story in both languages, and how its amounts, days and names are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpiterm.analysis.cause.result import Cause, Line
from kpiterm.analysis.format import format_value, money
from kpiterm.analysis.view import Span
from kpiterm.i18n import told

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_TITLE = 40
_HAN = "[\u4e00-\u9fff]"
_NO_CENTS = frozenset({"JPY", "KRW", "VND", "CLP"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. `factors` as the story and the table name them; `heads` are the columns of the lines' table."""

    language: str
    factors: Mapping[str, str]
    heads: Mapping[str, str]
    kinds: Mapping[str, str]
    notes: Mapping[str, str]
    by: Mapping[str, tuple[str, str]]  # one, several
    no_key: Mapping[str, str]
    point: str
    before: str
    after: str
    total: str
    rest: str
    others: str
    days_out: str
    days_out_before: str
    sold_out: str
    sold_out_before: str
    lost_units: str
    from_to: str
    units: Mapping[str, str]


EN = Words(
    language="en",
    factors={
        "traffic": "visits", "mix": "mix", "conversion": "conversion", "volume": "units", "price": "price",
        "cpc": "cost per click", "cvr": "ad conversion", "aov": "order value", "rate": "own rate",
        "amount": "{0} in both periods", "new": "new {0}", "restocked": "{0} back in stock", "lost": "lost {0}",
        "out_of_stock": "{0} out of stock", "unsold": "spend without orders", "other": "other",
    },
    heads={
        "traffic": "visits", "mix": "mix", "conversion": "conv.", "volume": "units", "price": "price", "cpc": "CPC",
        "cvr": "CVR", "aov": "AOV", "rate": "rate", "unsold": "no order", "other": "other", "change": "change",
        "growth": "pp", "one_side": "in/out",
    },
    kinds={
        "new": "nothing before", "lost": "nothing now", "out_of_stock": "nothing sold",
        "restocked": "back in stock",
    },
    notes={
        "visits_partly": "{0}: visits are known on {1} of {2} days; the other days are told as units and price.",
        "no_visits": "{0}: visits are not known, so units and price.",
        "visits_shared": "{0}: visits are known of the channel only; each SKU counts with its share of the units.",
        "lines_without_visits": "{0} SKUs have no visits of their own (they share an item, or the report leaves them "
        "out), so units and price.",
        "no_sku": "{0} of the spend is reported for no SKU: one line a channel.",
        "levels_differ": "The board reads {0} → {1}, from reports by campaign: those by SKU do not add up to them.",
        "left_out": "{0} has only “{1}”, so it is left out here; --channel tells of it.",
        "not_deducted": "{0}: no data in either period, so it is not deducted.",
        "one_side_unknown": "{0}: no data in one of the two periods, which counts as nothing.",
        "late_start": "The data of {0} start on {1}: what was before is not known and counts as nothing.",
    },
    by={"channel": ("channel", "channels"), "sku": ("SKU", "SKUs"), "campaign": ("campaign", "campaigns")},
    no_key={"sku": "what names no SKU", "campaign": "what names no campaign"},
    point="pp",
    before="before",
    after="after",
    total="all",
    rest="the other {0}",
    others="where visits are not known",
    days_out="out of stock {0}",
    days_out_before="out of stock {0} before",
    sold_out="sold out {0} of {1} days",
    sold_out_before="sold out {0} of {1} days before",
    lost_units="about {0} units lost",
    from_to=" from {0} to {1}",
    units={"days": " days", "hours": " hours"},
)  # fmt: skip
ZH = Words(
    language="zh",
    factors={
        "traffic": "流量", "mix": "结构", "conversion": "转化率", "volume": "销量", "price": "单价",
        "cpc": "点击单价", "cvr": "广告转化率", "aov": "客单价", "rate": "自身比率", "amount": "两期都有的{0}",
        "new": "新增{0}", "restocked": "恢复到货的{0}", "lost": "消失的{0}", "out_of_stock": "断货的{0}",
        "unsold": "有花费无订单", "other": "其他",
    },
    heads={
        "traffic": "流量", "mix": "结构", "conversion": "转化", "volume": "销量", "price": "单价", "cpc": "点击单价",
        "cvr": "转化", "aov": "客单价", "rate": "比率", "unsold": "无订单", "other": "其他", "change": "变动",
        "growth": "百分点", "one_side": "增减",
    },
    kinds={
        "new": "前期没有", "lost": "本期没有", "out_of_stock": "本期没有销售", "restocked": "恢复到货",
    },
    notes={
        "visits_partly": "{0}：{2} 天中有 {1} 天有流量数据，其余天数只分销量与单价。",
        "no_visits": "{0}：没有流量数据，只分销量与单价。",
        "visits_shared": "{0}：只有渠道总流量，按各 SKU 的销量占比分摊。",
        "lines_without_visits": "{0} 个 SKU 没有自己的流量（与其他 SKU 共用商品，或报告未列出），只分销量与单价。",
        "no_sku": "{0} 的花费未按 SKU 报告，每个渠道列为一行。",
        "levels_differ": "看板按广告活动报告读数为 {0} → {1}，与按 SKU 的报告合计不一致。",
        "left_out": "{0}：只有“{1}”，这里未计入；可用 --channel 单独查看。",
        "not_deducted": "{0}：两期均无数据，未扣减。",
        "one_side_unknown": "{0}：其中一期没有数据，按无计。",
        "late_start": "{0} 的数据从 {1} 才开始，此前未知，按无计。",
    },
    by={"channel": ("渠道", "渠道"), "sku": (" SKU", " SKU"), "campaign": ("广告活动", "广告活动")},
    no_key={"sku": "未标 SKU 部分", "campaign": "未标广告活动部分"},
    point="个百分点",
    before="前期",
    after="本期",
    total="合计",
    rest="其余 {0} 个",
    others="无流量数据部分",
    days_out="断货 {0}",
    days_out_before="前期断货 {0}",
    sold_out="{1} 天中断货 {0} 天",
    sold_out_before="前期 {1} 天中断货 {0} 天",
    lost_units="约少卖 {0} 件",
    from_to="由 {0} 到 {1}",
    units={"days": " 天", "hours": " 小时"},
)  # fmt: skip
LANGUAGES = {"en": EN, "zh": ZH}


def quantum(cause: Cause) -> Decimal:
    """The unit in which a cause is told: hundredths of a point, whole amounts, or as many more digits as its size asks
    for."""
    size = max(abs(cause.before), abs(cause.after))
    if cause.unit == "ratio":
        return Decimal("0.0001") if size >= Decimal("0.02") else Decimal("0.000001")
    if cause.unit in {"days", "hours"}:
        return Decimal("0.1")
    if cause.is_ratio:
        return Decimal("0.01") if size >= 100 or cause.unit == "money" else Decimal("0.001")
    whole = cause.unit == "count" or cause.currency in _NO_CENTS or size >= 1000
    return Decimal(1) if whole else Decimal("0.01")


def amount(cause: Cause, value: Decimal, words: Words) -> str:
    """A value of the KPI, or the size of a part of it: `$1,410`, `0.58 pp`."""
    if cause.unit == "ratio":
        return f"{_digits(cause, abs(value) * 100)} {words.point}"
    return _digits(cause, abs(value), cause.currency) + words.units.get(cause.unit, "")


def signed(cause: Cause, value: Decimal, words: Words) -> str:
    """The same with its sign."""
    return f"{_sign(value)}{amount(cause, value, words)}"


def cell(cause: Cause, value: Decimal) -> str:
    """A part as a table shows it: signed and without its unit."""
    return (
        f"{_sign(value)}{abs(value) * 100:.2f}" if cause.unit == "ratio" else _sign(value) + _digits(cause, abs(value))
    )


def level(cause: Cause, factor: str, value: Decimal) -> str:
    """A factor's own value: visits as a count, rates in per cent, prices in money."""
    if factor in {"conversion", "cvr"}:
        return format_value(value, "ratio")
    return format_value(value, "count") if factor == "traffic" else money(value, cause.currency, 2)


def in_sentence(cause: Cause, factor: str, words: Words) -> str:
    """A factor within a sentence: a KPI's name begins small there, unless it is an abbreviation."""
    name = factor_of(cause, factor, words)
    return name[0].lower() + name[1:] if factor in cause.components and name[1:2].islower() else name


def factor_of(cause: Cause, factor: str, words: Words) -> str:
    """A factor as it is named among these lines: `visits`, `new SKUs`."""
    if factor in cause.components:
        return told(cause.components[factor], words.language)
    return words.factors[factor].format(words.by[cause.by][1])


def points(growth: Decimal) -> str:
    """A part of a growth, in percentage points with one decimal."""
    return f"{_sign(growth)}{abs(growth) * 100:.1f}"


def value_of(cause: Cause, value: Decimal) -> str:
    """A value of the KPI itself."""
    return f"{_digits(cause, value * 100)} %" if cause.unit == "ratio" else _digits(cause, value, cause.currency)


def name_of(cause: Cause, line: Line, lang: str) -> str:
    """A line's name, with its channel where that is not clear."""
    if cause.by == "channel":
        return line.channel
    name = line.name if line.key is not None else LANGUAGES[lang].no_key[cause.by]
    if line.title:
        title = _short(line.title)
        name = f"{name}（{title}）" if lang == "zh" else f"{name} ({title})"
    if cause.channel:
        return name
    return f"{line.channel} 的{name}" if lang == "zh" else f"{name} on {line.channel}"


def days(span: Span, lang: str, *, year: bool) -> str:
    """The days of a period as a person says them."""
    first, last = span.start, span.through
    if lang == "zh":
        end = f"{last.day} 日" if last.month == first.month else f"{last.month} 月 {last.day} 日"
        head = f"{first.year} 年 " if year else ""
        return f"{head}{first.month} 月 {first.day}–{end}" if last > first else f"{head}{first.month} 月 {first.day} 日"
    tail = f" {last.year}" if year else ""
    if last <= first:
        return f"{_day(first)}{tail}"
    start = f"{first.day}" if last.month == first.month else _day(first)
    return f"{start}–{_day(last)}{tail}" if start.isdigit() else f"{start} – {_day(last)}{tail}"


def sold_out(cause: Cause, line: Line, lang: str) -> list[str]:
    """On how many days, from when to when and at what cost a line had nothing to sell; nothing where it always had."""
    words, found = LANGUAGES[lang], []
    if line.out.before:
        found.append(words.sold_out_before.format(line.out.before, _length(cause.against)))
    if line.out.after and line.out.first and line.out.last:
        when = days(Span(line.out.first, line.out.last, line.out.last), lang, year=False)
        text = words.sold_out.format(line.out.after, _length(cause.period))
        found.append(f"{text}{'，' if lang == 'zh' else ', '}{when}")
    if line.out.lost and round(line.out.lost):
        found.append(words.lost_units.format(round(line.out.lost)))
    return found


def counted(number: int, lang: str) -> str:
    """A number of days."""
    return f"{number} 天" if lang == "zh" else f"{number} day{'s' * (number != 1)}"


def _length(span: Span) -> int:
    return (span.through - span.start).days + 1


def spaced(text: str) -> str:
    """Chinese with a space between its characters and Latin ones, and none beside its own punctuation."""
    text = re.sub(rf"([A-Za-z0-9%])({_HAN})", r"\1 \2", text)
    text = re.sub(rf"({_HAN})([A-Za-z0-9$€£¥+−])", r"\1 \2", text)
    return re.sub(r" *([（），。；：、]) *", r"\1", text)


def _short(title: str) -> str:
    """A product's name without its variants, as far as it can be said."""
    head = title.partition(",")[0].strip()
    return head if len(head) <= _TITLE else head[: _TITLE - 1].rstrip() + "…"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _digits(cause: Cause, value: Decimal, currency: str | None = None) -> str:
    digits = max(0, -int(quantum(cause).as_tuple().exponent) - (2 if cause.unit == "ratio" else 0))
    return money(value, currency if cause.unit == "money" else None, digits)


def _sign(value: Decimal) -> str:
    return "−" if value < 0 else "+" if value > 0 else "±"
