"""The examples of the page on widgets are what the widgets draw."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from textual.content import Content

from kpiterm.analysis.view import Target
from kpiterm.tui import charts, draw

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/widgets.md"
EXAMPLES = re.findall(
    r"^## ([^\n]+)\n(?:(?!^## ).)*?```python\n(.*?)```\n```text\n(.*?)```", PAGE.read_text(), re.DOTALL | re.MULTILINE
)


def lines(drawn: Iterable[Content]) -> None:
    print(*(line.plain.rstrip() for line in drawn), sep="\n")  # noqa: T201 -- what the page shows


def test_every_widget_has_an_example() -> None:
    assert len(EXAMPLES) == PAGE.read_text().count("```python") == 7


@pytest.mark.parametrize(("name", "code", "shown"), EXAMPLES)
def test_an_example_is_what_is_drawn(name: str, code: str, shown: str) -> None:
    known = {**vars(charts), **vars(draw), "Decimal": Decimal, "Target": Target, "date": date, "lines": lines}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, known)
    assert out.getvalue() == shown, name
