"""The sentence of a suggestion, and the names of the lines that it adds up from, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from kpiterm.analysis.format import format_value
from kpiterm.analysis.inventory.order.line import Excess, Exit, Line

Language = Literal["en", "zh"]

_LINES: dict[str, tuple[str, str]] = {
    "base": (
        "{raw} a day over the last {window} days × {review} days to the next review",
        "近 {window} 天日均 {raw} × {review} 天补货周期",
    ),
    "lead_time": ("lead time of {p50} days", "交期 {p50} 天"),
    "next_orders": ("the next orders take longer", "后续订单交期更长"),
    "stock_outs": ("sold out on {out} of {window} days", "近 {window} 天缺货 {out} 天的修正"),
    "level": ("slow level instead of the last {window} days", "以慢速水平代替近 {window} 天均值"),
    "season": ("season", "季节"),
    "events": ("events", "活动"),
    "lead_uncertainty": ("lead time may be longer (p90 {p90} days)", "交期不确定（p90 为 {p90} 天）"),
    "demand_uncertainty": ("demand may be higher (service level {service})", "需求不确定（服务水平 {service}）"),
    "lost": ("sold out before it can arrive", "到货前已断货、不再补的需求"),
    "on_hand": ("on hand", "现有库存"),
    "inbound": ("inbound that arrives in time", "按时到货的在途"),
    "enough": ("stock beyond the need", "超出需求的库存"),
    "transfers": ("from other channels", "其他渠道调入"),
    "lots": ("MOQ {moq}, whole cartons of {carton}", "起订量 {moq}、整箱 {carton}"),
    "caps": ("cash and capacity", "资金与仓容上限"),
}  # fmt: skip

_EXITS = {
    "price": ("a price of {price}", "降价至 {price}"),
    "coupon": ("a coupon down to {price}", "优惠券到手 {price}"),
    "removal": ("a removal of {units} units", "移除 {units} 件"),
}

_TEXTS = {
    "en": {
        "order": "Order {quantity}{mode} by {by}",
        "late": "Order {quantity}{mode} now, {days} days late",
        "none": "Order nothing",
        "none_by": "Order nothing yet, the next order is due by {by}",
        "sells": "{daily} a day are expected, {available} on hand{inbound}",
        "inbound": " and {inbound} inbound",
        "until": "last until {gone}",
        "beyond": "last longer than the {horizon} days looked at",
        "out": "are sold out",
        "covers": "an order of today arrives in {p50} to {p90} days and lasts until {lasts}",
        "holiday": "the factory slows down and closes for {name} ({first} to {last}), orders of the next weeks take "
        "up to {delay} days longer{bridge}",
        "bridge": ": {units} units bridge that",
        "fallen": "sales have fallen to {shown} a day over {window} days, from {before} in the months before",
        "risen": "sales have risen to {shown} a day over {window} days, from {before} in the months before",
        "events": "{names} adds {units} units",
        "new": "it is new, on sale for {days} days{others}",
        "others": ", so that similar SKUs speak for it too",
        "past": "{name} ({first}) brought {times} times a normal day and does not count as one",
        "exit": "the cheapest way out before {step} is {way}, for {cost} instead of {keeping} for keeping it",
        "keep": "keeping it costs {keeping}, less than {way} before {step} ({cost})",
        "over": "{aged} units are likely to be older than 180 days before they are sold",
        "cost": "about {lost} units ({money}) are lost even so, and {waiting} more by waiting until the next review",
        "air": "{air} units fly, because the margin that they save is worth more than the dearer freight",
        "transfer": "{units} units can come from {channel}",
        "moq": "{extra} units are there only because of MOQ and cartons",
        "caps": "{cut} units were cut by cash or capacity",
        "sea": " by sea", "air_only": " by air", "split": " ({air} by air, {sea} by sea)",
    },
    "zh": {
        "order": "请在 {by} 前下单 {quantity} 件{mode}",
        "late": "已晚 {days} 天，请立即下单 {quantity} 件{mode}",
        "none": "无需下单",
        "none_by": "暂不下单，下一次下单不晚于 {by}",
        "sells": "预计日均销量 {daily} 件，现货 {available} 件{inbound}",
        "inbound": "，在途 {inbound} 件",
        "until": "可售至 {gone}",
        "beyond": "可售天数超过 {horizon} 天",
        "out": "已断货",
        "covers": "今日下单 {p50} 至 {p90} 天后可售，可撑到 {lasts}",
        "holiday": "工厂{name}减产停工（{first} 至 {last}），近期订单交期最多延长 {delay} 天{bridge}",
        "bridge": "，为此多备 {units} 件",
        "fallen": "销量下滑：近 {window} 天日均 {shown} 件，此前数月为 {before} 件",
        "risen": "销量上升：近 {window} 天日均 {shown} 件，此前数月为 {before} 件",
        "events": "{names}需多备 {units} 件",
        "new": "新品，上架仅 {days} 天{others}",
        "others": "，同时参考了同类 SKU",
        "past": "{name}（{first}）销量约为平日的 {times} 倍，不计入基准",
        "exit": "{step} 前最省的办法是{way}，成本 {cost}，继续持有则为 {keeping}",
        "keep": "继续持有的成本为 {keeping}，低于 {step} 前{way}（{cost}）",
        "over": "约 {aged} 件可能在售出前库龄超过 180 天",
        "cost": "即便如此仍将损失约 {lost} 件（{money}），若再等一个补货周期将多损失 {waiting} 件",
        "air": "其中 {air} 件走空运，挽回的毛利高于运费差价",
        "transfer": "可从 {channel} 调拨 {units} 件",
        "moq": "其中 {extra} 件因起订量与箱规而多订",
        "caps": "因资金或仓容上限减少 {cut} 件",
        "sea": "（海运）", "air_only": "（空运）", "split": "（空运 {air} 件、海运 {sea} 件）",
    },
}  # fmt: skip
_YOUNG = 60
_HORIZON = 364
_TOLD = 0.5  # of a unit: less is not worth a clause


def sentence(line: Line, today: date, language: Language) -> str:
    """What to do and why, in one sentence."""
    clauses = [clause for clause in _clauses(line, today, language) if clause]
    joined = ("；" if language == "zh" else "; ").join(clauses[1:])
    return f"{clauses[0]}：{joined}。" if language == "zh" else f"{clauses[0]}: {joined}."


def line_name(code: str, line: Line, review: int, language: Language) -> str:
    """What a line of the waterfall is."""
    selling = line.selling
    return _LINES[code][1 if language == "zh" else 0].format(
        raw=_number(selling.raw), window=selling.window, review=review, p50=line.lead[0], p90=line.lead[1],
        out=max(selling.window - selling.in_stock, 0), service=f"{line.service:.0%}", moq=line.moq, carton=line.carton,
    )  # fmt: skip


def exit_name(way: Exit, currency: str | None, language: Language) -> str:
    """A way out of slow stock in words."""
    price = format_value(_rounded(way.price), "money", currency)
    return _EXITS[way.way][1 if language == "zh" else 0].format(price=price, units=way.units)


def _clauses(line: Line, today: date, language: Language) -> Iterator[str]:
    texts = _TEXTS[language]
    yield _action(line, today, language)
    inbound = texts["inbound"].format(inbound=line.inbound) if line.inbound else ""
    lasting = texts["beyond"].format(horizon=_HORIZON)
    if line.gone:
        lasting = texts["out"] if line.gone <= today and not line.available else texts["until"].format(gone=line.gone)
    comma = "，" if language == "zh" else " "
    yield texts["sells"].format(daily=_number(line.daily), available=line.available, inbound=inbound) + comma + lasting
    yield from _causes(line, language)
    if line.quantity:
        yield texts["covers"].format(p50=line.lead[0], p90=line.lead[1], lasts=line.lasts)
        yield from _remarks(line, language)
    elif line.waterfall.get("caps", 0) < 0:
        yield texts["caps"].format(cut=-line.waterfall["caps"])
    if line.quantity == 0 and line.excess:
        yield texts["over"].format(aged=max(line.excess.aging, line.excess.aged or 0))
        yield from _way_out(line.excess, language)


def _way_out(found: Excess, language: Language) -> Iterator[str]:
    if found.exits:
        best = found.exits[0]
        yield _TEXTS[language]["exit" if best.cost < found.keeping else "keep"].format(
            step=found.step, way=exit_name(best, found.currency, language),
            cost=format_value(best.cost, "money", found.currency),
            keeping=format_value(found.keeping, "money", found.currency),
        )  # fmt: skip


def _action(line: Line, today: date, language: Language) -> str:
    texts = _TEXTS[language]
    if not line.quantity:
        return texts["none_by"].format(by=line.order_by) if line.order_by and not line.late else texts["none"]
    air = sum(part.quantity for part in line.parts if part.mode != line.parts[-1].mode)
    mode = texts["split"].format(air=air, sea=line.quantity - air) if line.mode == "split" else (
        texts["air_only"] if line.mode == "air" else texts["sea"]
    )  # fmt: skip
    if line.late and line.order_by:
        return texts["late"].format(quantity=line.quantity, mode=mode, days=(today - line.order_by).days)
    return texts["order"].format(quantity=line.quantity, mode=mode, by=line.order_by or today)


def _causes(line: Line, language: Language) -> Iterator[str]:
    """What a planner would not expect of the figures alone."""
    texts, selling, falls = _TEXTS[language], line.selling, line.waterfall
    if selling.days < _YOUNG:
        yield texts["new"].format(days=selling.days, others=texts["others"] if selling.others else "")
    elif selling.trend * (selling.shown - selling.before) > 0:
        yield texts["fallen" if selling.trend < 0 else "risen"].format(
            shown=_number(selling.shown), window=selling.window, before=_number(selling.before)
        )
    for past in selling.sales:
        yield texts["past"].format(name=past.name[language], first=past.first, times=f"{past.times:.1f}")
    if line.holiday:
        units = falls.get("next_orders", 0)
        yield texts["holiday"].format(
            name=line.holiday.name[language], first=line.holiday.first, last=line.holiday.last,
            delay=line.holiday.delay, bridge=texts["bridge"].format(units=units) if units > 0 else "",
        )  # fmt: skip
    if line.events and falls.get("events", 0) > _TOLD:
        names = ("、" if language == "zh" else ", ").join(f"{e.name[language]} ({e.first})" for e in line.events)
        yield texts["events"].format(names=names, units=falls["events"])


def _remarks(line: Line, language: Language) -> Iterator[str]:
    """What the order costs, and what bounds it."""
    texts, falls = _TEXTS[language], line.waterfall
    if line.late and line.lost > _TOLD:
        lost = format_value(_rounded(line.lost_margin), "money", line.currency)
        yield texts["cost"].format(lost=round(line.lost), money=lost, waiting=round(line.lost_waiting))
    if line.mode == "split":
        yield texts["air"].format(air=line.parts[0].quantity)
    for move in line.transfers:
        yield texts["transfer"].format(units=move.units, channel=move.channel)
    if falls.get("lots", 0) > line.quantity / 5:
        yield texts["moq"].format(extra=falls["lots"])
    if falls.get("caps", 0) < 0:
        yield texts["caps"].format(cut=-falls["caps"])


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 0.95 else f"{value:.2f}"


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 2)
