"""A pack as Markdown: what a chat, an issue tracker or a diff shows well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpiterm.report.blocks import Block, Bullets, Cell, Figure, Page, Paragraph, Table, Tiles


def markdown(page: Page) -> str:
    """The whole page; drawings are told by their captions only, since their numbers stand in tables beside them."""
    return "\n".join(_lines(page)).rstrip() + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield f"# {page.title}"
    yield ""
    if page.subtitle:
        yield from (f"**{_plain(page.subtitle)}**", "")
    yield from (f"- {_plain(label)}: {_plain(text)}" for label, text in page.facts)
    for section in page.sections:
        yield from ("", f"## {section.heading}", "")
        for block in section.blocks:
            yield from _block(block)
    yield from ("", "---", "", page.foot)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(text=text):
            yield from (_plain(text), "")
        case Bullets(items=items):
            yield from (f"- {_plain(item)}" for item in items)
            yield ""
        case Tiles(items=items):
            yield from (
                f"- {_plain(label)}: **{_plain(cell.text)}** ({_plain(remark)})" for label, cell, remark in items
            )
            yield ""
        case Figure():
            return
        case Table():
            yield from _table(block)
            yield ""


def _table(table: Table) -> Iterator[str]:
    yield _row(table.header)
    yield _row(["---:" if place in table.right else "---" for place in range(len(table.header))], raw=True)
    for number, row in enumerate(table.rows):
        yield _row([_cell(cell, strong=number in table.strong) for cell in row], raw=True)


def _cell(cell: Cell, *, strong: bool) -> str:
    text = _plain(cell.text)
    return f"**{text}**" if strong and text else text


def _row(texts: Sequence[str], *, raw: bool = False) -> str:
    return f"| {' | '.join(texts if raw else [_plain(text) for text in texts])} |"


def _plain(text: str) -> str:
    """Text that means itself in Markdown: a SKU may hold any character."""
    for sign in ("\\", "|", "*", "_", "<", "#", "["):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
