"""Cerebro and Magnet exports, with English or Chinese headers: search volumes, and who ranks where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kpiterm.plugins import Importer, Note, Payload, Rejected, Row, Sheet
from kpiterm_helium10.import_table import (
    ASIN,
    SHAPE,
    Item,
    Line,
    bounded,
    channel_of_name,
    day_of,
    decimal_comma,
    names,
    phrase,
    pick,
    table,
    unread,
)

_NAMES = {
    "keyword": ("keyword phrase", "关键词词组"),
    "volume": ("search volume", "搜索量"),
    "competing": ("competing products", "竞品数"),
    "organic": ("position (rank)", "organic rank", "自然排名"),
    "sponsored": ("sponsored rank", "广告排名"),
}
# As they are written, the first of each in English.
_COLUMNS = (("Keyword Phrase", "关键词词组"), ("Search Volume", "搜索量"), ("Competing Products", "竞品数"))
_CEREBRO = ("Cerebro IQ Score", "Cerebro IQ 得分", "Position (Rank)", "Competitor Performance Score", "竞品表现得分")
_SCORE = ("competitor performance score", "竞品表现得分")
_KNOWN = frozenset(
    """keyword phrase|aba total click share|aba total conv. share|keyword sales|cerebro iq score|magnet iq score
    |search volume|search volume trend|search volume trend (30 days)|h10 ppc sugg. bid|h10 ppc sugg. min bid
    |h10 ppc sugg. max bid|sponsored asins|competing products|cpr|organic|title density|smart complete
    |amazon recommended|sponsored|sponsored product|amazon choice|highly rated|sponsored brand header
    |sponsored brand video|top rated from our brand|trending now|sponsored rank|organic rank|amazon rec. rank
    |sponsored rank (avg)|sponsored rank (count)|amazon recommended rank (avg)|amazon recommended rank (count)
    |position (rank)|relative rank|competitor rank (avg)|ranking competitors (count)|competitor performance score
    |aba sfr|word count|match type|aba总计 点击份额|aba总计 转化份额|关键词词组|搜索量|竞品数|h10 ppc 建议出价
    |h10 ppc 建议最低出价|h10 ppc 建议最高出价|广告排名|自然排名|关键词销量|cerebro iq 得分|标题密度
    |竞品表现得分""".replace("\n", "")
    .replace("    |", "|")
    .split("|")
)


def _is_magnet(at: Mapping[str, int]) -> bool:
    return any(name.startswith("magnet iq") for name in at)


def _is_cerebro(at: Mapping[str, int]) -> bool:
    told = any(name.startswith("cerebro iq") or name in (*_SCORE, "position (rank)") for name in at)
    return told and not _is_magnet(at)


def _recognise(sheet: Sheet, *, magnet: bool) -> bool:
    at = names(sheet)
    needed = {"keyword", "volume", "competing"} <= pick(at, _NAMES).keys()
    return needed and (_is_magnet(at) if magnet else _is_cerebro(at))


def read(sheet: Sheet) -> Iterator[Payload | Row | Rejected | Note]:
    """`keyword_rank` rows: one for each keyword and ASIN, or one a keyword where the file names no ASIN."""
    yield from table(sheet, _lines(sheet))


def _lines(sheet: Sheet) -> Iterator[Item]:
    day, told = day_of(sheet)
    at = pick(names(sheet), _NAMES)
    ranks = _ranked(sheet, at)
    comma = decimal_comma(cells[at["volume"]] for cells in sheet.rows())
    base = {"channel": channel_of_name(sheet), "day": day}
    seen: set[str] = set()
    repeated = 0
    for number, cells in enumerate(sheet.rows(), start=1):
        keyword = phrase(cells[at["keyword"]])
        if not keyword or keyword in seen:
            repeated += bool(keyword)
            continue
        seen.add(keyword)
        try:
            yield from _keyword(base | {"keyword": keyword}, cells, at["volume"], ranks, comma)
        except ValueError as error:
            yield Rejected(number, str(error))
    yield from _notes(sheet, at, repeated, told)


def _notes(sheet: Sheet, at: Mapping[str, int], repeated: int, told: Note | None) -> Iterator[Note]:
    if told:
        yield told
    if repeated:
        yield Note(f"{repeated} rows repeat a keyword; the first row of each was read")
    if {"organic", "sponsored"} & at.keys() and not _asin_of_name(sheet):
        yield Note("the name of the file does not say whose ranks its own rank columns hold: they were not read. "
                   "Helium 10 names it US_AMAZON_cerebro_<ASIN>_<day>")  # fmt: skip
    yield from unread(sheet, _KNOWN)


def _ranked(sheet: Sheet, at: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """ASIN, kind and position of each rank column: one a competitor, and those of the ASIN in the file's name."""
    columns = {header: n for n, header in reversed(list(enumerate(sheet.header))) if ASIN.fullmatch(header)}
    found = [(asin, "organic", position) for asin, position in columns.items()]
    if own := _asin_of_name(sheet):
        found += [(own, kind, at[kind]) for kind in ("organic", "sponsored") if kind in at and own not in columns]
    return found


def _asin_of_name(sheet: Sheet) -> str | None:
    found = re.search(rf"(?i)_(?:cerebro|magnet)_({ASIN.pattern})(?=[_.])", sheet.path.name)
    return found[1].upper() if found else None


def _keyword(
    base: Line, cells: tuple[str | None, ...], volume_at: int, ranks: list[tuple[str, str, int]], comma: bool | None
) -> Iterator[Line]:
    volume, bound = bounded(cells[volume_at], comma)
    if volume is not None and bound != "exact":
        yield dict(base) | {"metric": "search_volume", "estimate": volume, "bound": bound}
        volume = None
    line = dict(base) | {"volume": volume}
    for asin, kind, position in ranks:
        yield line | {"item_id": asin, "kind": kind} | rank(cells[position], comma)
    if not ranks:
        yield line


def rank(cell: str | None, comma: bool | None) -> dict[str, object]:
    """Rank and bound of a cell; no rank at all where it is blank, a dash or nil, since positions begin at 1."""
    found, bound = bounded(cell, comma)
    if not found:
        return {"rank": None, "bound": None}
    if found != found.to_integral_value() or bound == "less_than":
        raise ValueError(f"{cell!r} is no rank")
    return {"rank": int(found), "bound": bound}


CEREBRO = Importer(
    kind="helium10.cerebro",
    title="Helium 10 Cerebro export",
    recognise=lambda sheet: _recognise(sheet, magnet=False),
    read=read,
    shape=SHAPE,
    columns=(*_COLUMNS, _CEREBRO),
)
MAGNET = Importer(
    kind="helium10.magnet",
    title="Helium 10 Magnet export",
    recognise=lambda sheet: _recognise(sheet, magnet=True),
    read=read,
    shape=SHAPE,
    columns=(*_COLUMNS, ("Magnet IQ Score", "Magnet IQ 得分")),
)
