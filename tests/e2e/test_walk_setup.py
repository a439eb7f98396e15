"""The guided set-up of an empty home, in sixty columns and in two hundred, in both languages, on four terminals.

Each step is seen in every size; EXPLORE=1 in the environment sees it in every combination of size and the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from rich.cells import cell_len

from kpiterm.tui.glyphs import CONSOLE
from tests.e2e.conftest import Home
from tests.e2e.probe import NEEDED, Walk, Walker
from tests.e2e.test_walk import ALL, LANGUAGES, SIZES, TERMS, known, wait_for

pytestmark = [pytest.mark.e2e, NEEDED]

STEPS = {
    "start": ("enter", "What would you like to look at first?"),
    "files": ("down enter", "Open the board"),
    "again": ("down down enter", "Connect a shop"),  # past the field and Load, to Back
    "connector": ("enter", "Jungle Scout"),
    "account": ("enter", "marketplace"),
    "left": ("esc", "ctrl+p"),
}
"""The keys to each step from the one before, and a text that stands on it."""


def sizes(term: str, step: str, language: str) -> list[str]:
    turn = list(STEPS).index(step) + TERMS.index(term) + 2 * LANGUAGES.index(language)
    return list(SIZES) if ALL else [SIZES[turn % len(SIZES)]]


def footer(step: str) -> str:
    """What the last line of a step offers."""
    return "Quit" if step == "left" else "Move"


def steps(term: str, language: str) -> Iterator[str]:
    yield from ("until:English", "wait:0.3", "shot:language.txt")
    yield from ("key:down",) if language == "zh" else ()
    for name, (keys, sign) in STEPS.items():
        yield "resize:120x40"
        for key in keys.split():
            yield from (f"key:{key}", "wait:0.3")  # a key is for what the one before has led to
        yield wait_for(sign, language)
        for size in sizes(term, name, language):
            yield from (f"resize:{size}", "wait:1", wait_for(footer(name), language))
            yield from ("wait:0.5", f"shot:{name}-{size}.txt")
    yield from ("key:q", "until:code=", "wait:0.2", "shot:end.txt")


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Walk]:
    """All of them at once: they mostly wait."""
    at_work: dict[tuple[str, str], Walker] = {}
    try:
        for term in TERMS:
            for language in LANGUAGES:
                folder = tmp_path_factory.mktemp("setup")
                home = Home(folder)
                at_work[term, language] = Walker(
                    folder / "shots", home.command(), home.environment, list(steps(term, language)), term=term
                )
        return {asked: walker.done() for asked, walker in at_work.items()}
    finally:
        for walker in at_work.values():
            walker.end()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("term", TERMS)
def test_every_step_fits_and_it_ends_in_order(walks: Mapping[tuple[str, str], Walk], term: str, language: str) -> None:
    walk = walks[term, language]
    assert walk.code == 0, walk.err
    assert "中文" in walk.text("language")
    for name in STEPS:
        for size in sizes(term, name, language):
            lines, width = walk.shots[f"{name}-{size}"], int(size.partition("x")[0])
            what, text = f"{name} in {size}", walk.text(f"{name}-{size}")
            assert {cell_len(line) for line in lines} == {width}, what
            assert "\N{REPLACEMENT CHARACTER}" not in text, what
            assert "Traceback" not in text, what
            assert known(footer(name), language) in lines[-1], what
            if term == "linux":
                assert not {chr(code) for code in CONSOLE} & set(text), what
    end = set(walk.text("end").split())
    assert any(word.startswith("code=0") for word in end)
    assert {"icanon", "echo"} <= end  # the modes of a shell
