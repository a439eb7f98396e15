"""Each mistake that authors of connectors make is found by the kit, in the words that the documentation shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin_api.mistakes import MISTAKES, Mistake, found, page

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/plugin-mistakes.md"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.what)
def test_a_mistake_is_found(mistake: Mistake) -> None:
    assert found(mistake), f"the kit does not notice: {mistake.what}"


def test_no_mistake_is_listed_twice() -> None:
    assert len({mistake.what for mistake in MISTAKES}) == len(MISTAKES) >= 20


def test_the_page_of_mistakes_is_current() -> None:
    assert PAGE.read_text() == page(), "run: make docs"
