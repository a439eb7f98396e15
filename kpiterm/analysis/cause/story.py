"""A cause in a few sentences that can be said in a review meeting; every amount in them adds up with the tables."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from kpiterm.analysis.cause.result import KINDS, Amounts, Cause, Kind, Line
from kpiterm.analysis.cause.words import (
    LANGUAGES,
    amount,
    days,
    in_sentence,
    level,
    name_of,
    points,
    signed,
    sold_out,
    spaced,
    value_of,
)
from kpiterm.analysis.format import format_value
from kpiterm.i18n import told

_LEAD, _AGAINST = 3, 2  # lines that are named: of those that moved it most, and of those that moved it back
_MINOR = Decimal("0.25")  # of a line's movement: smaller parts of it are not worth saying


def tell(cause: Cause, lang: str) -> list[str]:
    """The paragraphs, headline first, lines as bullets; `cause` is rounded already (`settle.shown`)."""
    found = [_headline(cause, lang)]
    if cause.parts:
        found.append(_factors(cause, lang))
    if cause.out:
        found.append(_stock(cause, lang))
    if cause.leads:
        found.append(_leads(cause, lang))
    return _spaced([*found, *_lines(cause, lang)], lang)


def remarks(cause: Cause, lang: str) -> list[str]:
    """What is missing or doubtful, one sentence for all channels of which the same is to be said."""
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for note in cause.notes:
        together.setdefault((note.code, note.values[1:]), []).append(note.values[0])
    texts = LANGUAGES[lang].notes
    comma = "、" if lang == "zh" else ", "
    found = [texts[code].format(comma.join(told(name, lang) for name in names), *(told(text, lang) for text in more))
             for (code, more), names in together.items()]  # fmt: skip
    return _spaced(found, lang)


def visits_together(parts: Amounts) -> dict[str, Decimal]:
    """A line's parts with its own visits as one: more visits to all, and a larger share of them."""
    merged = dict(parts)
    own = merged.pop("traffic", Decimal(0))
    if own:
        own += merged.pop("mix", Decimal(0))
    return ({"traffic": own} if own else {}) | merged


def _headline(cause: Cause, lang: str) -> str:
    years = cause.period.through.year != cause.against.through.year
    now, before = days(cause.period, lang, year=True), days(cause.against, lang, year=years)
    words, name = LANGUAGES[lang], told(cause.name, lang)
    relative = (cause.after - cause.before) / cause.before if cause.before else None
    share = None if relative is None or cause.is_ratio else format_value(abs(relative), "ratio")
    size = signed(cause, cause.change, words)
    after, old = value_of(cause, cause.after), value_of(cause, cause.before)
    if lang == "zh":
        verb = "持平" if not cause.change else "上升" if cause.change > 0 else "下降"
        by = f"{verb} {share}（{size}）" if share else f"{verb}（{size}）"
        return f"{name}：{now}为 {after}，比 {before}的 {old} {by}。"
    if not cause.change:
        return f"{name} stood at {after}, {now} as {before}."
    verb = "rose" if cause.change > 0 else "fell"
    by = f"{share} ({size})" if share else amount(cause, cause.change, words)
    return f"{name} {verb} {by} to {after}, {now} against {before}."


def _factors(cause: Cause, lang: str) -> str:
    """What moved it the way that it went, then what held against that."""
    halves = []
    for up in (True, False):
        parts = sorted((p for p in cause.parts.items() if (p[1] > 0) is up), key=lambda p: -abs(p[1]))
        halves.append(_half(cause, parts, lang, up=up))
    if cause.change < 0:
        halves.reverse()
    text = ("；" if lang == "zh" else "; ").join(filter(None, halves))
    return f"{text[0].upper()}{text[1:]}{'。' if lang == 'zh' else '.'}"


def _half(cause: Cause, parts: Sequence[tuple[str, Decimal]], lang: str, *, up: bool) -> str:
    """`Visits (+10.9 %) added $5,405, conversion $2,126 and price $68`."""
    if not parts:
        return ""
    words = LANGUAGES[lang]
    named = [(_factor(cause, name, lang), amount(cause, size, words)) for name, size in parts]
    if lang == "zh":
        return f"{'拉高' if up else '拉低'}的有：{_listed([f'{name} {size}' for name, size in named], lang)}"
    if cause.is_ratio:
        verb, small = ("raised it by" if up else "lowered it by"), "by "
    else:
        verb, small = ("added" if up else "took away"), ""
    (first, size), *others = named
    return _listed([f"{first} {verb} {size}", *(f"{name} {small}{size}" for name, size in others)], lang)


def _factor(cause: Cause, name: str, lang: str) -> str:
    words = LANGUAGES[lang]
    text, remark = in_sentence(cause, name, words), ""
    if name == "traffic" and name in cause.levels:
        before, after = cause.levels[name]
        remark = f"{points((after - before) / before)} %"
    elif name == "volume":
        remark = words.others
    elif name in KINDS:
        remark = str(cause.counts.get(cast("Kind", name), 0))
    if not remark:
        return text
    return f"{text}（{remark}）" if lang == "zh" else f"{text} ({remark})"


def _leads(cause: Cause, lang: str) -> str:
    """Who did most of what a total hides: the largest price change, the largest new and lost lines."""
    words = LANGUAGES[lang]
    told = [
        f"{in_sentence(cause, factor, words)}{'：' if lang == 'zh' else ' '}{name_of(cause, line, lang)} "
        f"{signed(cause, line.parts[factor], words)}{_price(cause, line, factor, lang)}"
        for factor, line in cause.leads.items()
    ]
    if lang == "zh":
        return f"各因素中最大的：{'；'.join(told)}。"
    return f"Largest by cause: {'; '.join(told)}."


def _stock(cause: Cause, lang: str) -> str:
    """What lines that could not sell on some days add to the change, whichever factor it shows in."""
    size = signed(cause, cause.out_change, LANGUAGES[lang])
    if lang == "zh":
        lost = f"，{LANGUAGES[lang].lost_units.format(round(cause.out_lost))}" if round(cause.out_lost) else ""
        return f"其中 {cause.out} 个 SKU 期内有断货日，合计 {size}{lost}。"
    who = "1 SKU was" if cause.out == 1 else f"{cause.out} SKUs were"
    lost = f", {LANGUAGES[lang].lost_units.format(round(cause.out_lost))}" if round(cause.out_lost) else ""
    return f"{who} sold out on some days: {size} of the change{lost}."


def _lines(cause: Cause, lang: str) -> list[str]:
    """How much rose and fell in all, then the lines that did most of it."""
    up = cause.change >= 0
    lead = [line for line in cause.lines if line.change and (line.change > 0) is up][:_LEAD]
    against = [line for line in cause.lines if line.change and (line.change > 0) is not up][:_AGAINST]
    many = cause.risen + cause.fallen > len(lead) + len(against)
    found = [_sides(cause, lead, lang, up=up)] if many else []
    found += [f"• {_line(cause, line, lang)}" for line in lead]
    if against:
        found.append("反向的有：" if lang == "zh" else "Against it:")
        found += [f"• {_line(cause, line, lang)}" for line in against]
    return found


def _sides(cause: Cause, lead: Sequence[Line], lang: str, *, up: bool) -> str:
    """How much all lines that rose and all that fell come to: a share is only honest within one side."""
    sides = [(cause.risen, cause.rises, True), (cause.fallen, cause.falls, False)]
    told = [_side(cause, *side, lang) for side in (sides if up else sides[::-1]) if side[0]]
    all_of_it = cause.rises if up else cause.falls
    if not all_of_it or not lead:
        return f"{_listed(told, lang, '; ')}{'。' if lang == 'zh' else '.'}"
    share = format_value(sum((line.change for line in lead), Decimal(0)) / all_of_it, "ratio")
    if lang == "zh":
        side = "拉高" if up else "拉低"
        return f"{_listed(told, lang, '; ')}。最大的 {len(lead)} 个占{side}部分的 {share}："
    make, side = ("makes" if len(lead) == 1 else f"{len(lead)} make"), "rises" if up else "falls"
    return f"{_listed(told, lang, '; ')}. The largest {make} {share} of the {side}:"


def _side(cause: Cause, count: int, size: Decimal, up: bool, lang: str) -> str:
    words = LANGUAGES[lang]
    total = amount(cause, size, words)
    if lang == "zh":
        return f"{count} 个{words.by[cause.by][0]}{'拉高' if up else '拉低'}，合计 {total}"
    verb = ("raised it" if up else "lowered it") if cause.is_ratio else "rose" if up else "fell"
    return f"{count} {words.by[cause.by][count > 1]} {verb} by {total}{' together' * (count > 1)}"


def _line(cause: Cause, line: Line, lang: str) -> str:
    """`SKU on channel: −$2,050, −0.3 pp (out of stock 9 days; visits −$1,900)`."""
    words, zh = LANGUAGES[lang], lang == "zh"
    size = signed(cause, line.change, words)
    if cause.growth is not None and cause.before:
        size += f"{'，' if zh else ', '}{points(line.change / cause.before)} {words.point}"
    why = ("；" if zh else "; ").join(_why(cause, line, lang))
    text = f"{name_of(cause, line, lang)}{'：' if zh else ': '}{size}"
    return f"{text}{f'（{why}）' if zh else f' ({why})'}" if why else text


def _why(cause: Cause, line: Line, lang: str) -> list[str]:
    words = LANGUAGES[lang]
    found = sold_out(cause, line, lang)
    if line.kind != "both":
        return [words.kinds[line.kind], *found]
    parts = visits_together(line.parts)
    least = _MINOR * sum(map(abs, parts.values()), Decimal(0))
    main = sorted((p for p in parts.items() if abs(p[1]) >= least), key=lambda p: -abs(p[1]))
    if len(parts) > 1 or "amount" not in parts:
        told = [f"{in_sentence(cause, name, words)} {signed(cause, size, words)}{_price(cause, line, name, lang)}"
                for name, size in main]  # fmt: skip
        found.append("、".join(told) if lang == "zh" else ", ".join(told))
    return found


def _price(cause: Cause, line: Line, factor: str, lang: str) -> str:
    """Of a price that moved much, from what to what."""
    if factor != "price" or line.prices is None:
        return ""
    before, after = (level(cause, "price", price) for price in line.prices)
    return LANGUAGES[lang].from_to.format(before, after)


def _spaced(texts: list[str], lang: str) -> list[str]:
    return [spaced(text) for text in texts] if lang == "zh" else texts


def _listed(texts: Sequence[str], lang: str, comma: str = ", ") -> str:
    if lang == "zh":
        return ("；" if comma == "; " else "、").join(texts)
    if comma == "; " or len(texts) < 2:
        return comma.join(texts)
    return f"{comma.join(texts[:-1])} and {texts[-1]}"
