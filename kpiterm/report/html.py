"""A pack as one HTML file: no script, nothing fetched, readable on a phone and printed on A4."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from kpiterm.report.blocks import Block, Page

if TYPE_CHECKING:
    from jinja2 import Template


def html(page: Page) -> str:
    """The whole document; every text of a shop is escaped."""
    return _template().render(page=page, kind=_kind)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("kpiterm.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html.j2")


def _kind(block: Block) -> str:
    return type(block).__name__.lower()
