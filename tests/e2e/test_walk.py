"""Every screen in sixty columns and in two hundred, in both languages, on four kinds of terminals.

Each screen is seen in every pair of size and language, and on every pair of terminal and language. EXPLORE=1 in the
environment sees it in every combination of the three.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po
from rich.cells import cell_len

from kpiterm import i18n
from kpiterm.i18n import told
from kpiterm.tui.glyphs import CONSOLE
from tests.e2e.probe import NEEDED, Walk, Walker

if TYPE_CHECKING:
    from tests.e2e.conftest import Home

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("demo"), NEEDED]

SIZES = ("60x18", "80x24", "120x40", "200x50")
TERMS = ("xterm-256color", "screen", "linux", "vt100")
LANGUAGES = ("en", "zh")
ALL = "EXPLORE" in os.environ


@dataclass(frozen=True)
class Place:
    """A screen: the keys that lead to it from the one before, a text that stands on it, and one of its last line."""

    name: str
    keys: str
    sign: str
    last: str

    def shot(self, language: str, size: str) -> str:
        return f"{self.name}-{language}-{size}"


PLACES = (
    Place("board", "", "target", "Details"),
    Place("kpi", "2", "target", "Next KPI"),
    Place("inventory", "3", "on hand", "Filter"),
    Place("sku", "enter", "esc closes", "esc closes"),
    Place("orders", "esc p", "PO no.", "New"),
    Place("contract", "esc 4", "to be paid", "Filter"),
    Place("accounts", "5", "demo-", "Sync account"),
    Place("alerts", "6", "open alerts", "Acknowledge"),
    Place("clients", "w", "gravest KPI", "Sort"),
    Place("help", "?", "esc closes", "esc closes"),
    Place("palette", "esc", "Search for a command…", ""),
)
BOXES = ("sku", "help")


def sizes(term: str, place: Place, language: str) -> Sequence[str]:
    """In which sizes this terminal shows this screen in this language."""
    turn = PLACES.index(place) + TERMS.index(term) + 2 * LANGUAGES.index(language)
    return SIZES if ALL else [SIZES[turn % len(SIZES)]]


def known(text: str, language: str) -> str:
    """The text in that language, without the sign that a narrow terminal shows as another one."""
    return told(text, language).removesuffix("…")


def wait_for(text: str, language: str) -> str:
    return f"until:{known(text, language).replace(' ', '_')}"


def steps(term: str) -> Iterator[str]:
    """A walk: each screen is resized while it is shown, then told in the other language and looked at."""
    for place in PLACES:
        yield from (f"key:{key}" for key in place.keys.split())
        if place.name != "palette":
            yield wait_for(place.sign, "en")
        for pair in zip(sizes(term, place, "zh"), sizes(term, place, "en"), strict=True):
            for language, size in zip(("zh", "en"), pair, strict=True):
                yield from (f"resize:{size}", "key:L")
                if place.name == "palette":
                    yield from (wait_for("Sort", language), "key:ctrl+p", wait_for(place.sign, language))
                else:
                    yield wait_for(place.last, language)
                yield from ("wait:0.3", f"shot:{place.shot(language, size)}.txt")
                if place.name == "palette":
                    yield "key:esc"
    yield from ("key:q", "until:code=", "wait:0.2", "shot:end.txt")


@pytest.fixture(scope="module")
def walks(demo: Home, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Walk]:
    """All of them at once: they mostly wait."""
    folder, command = tmp_path_factory.mktemp("walks"), demo.command("--lang", "en")
    at_work = {term: Walker(folder / term, command, demo.environment, list(steps(term)), term=term) for term in TERMS}
    try:
        return {term: walker.done() for term, walker in at_work.items()}
    finally:
        for walker in at_work.values():
            walker.end()


def looks(walk: Walk) -> Iterator[tuple[Place, str, int, list[str]]]:
    """Each picture of a screen with its language and its width."""
    for place in PLACES:
        for language in LANGUAGES:
            for size in SIZES:
                if (lines := walk.shots.get(place.shot(language, size))) is not None:
                    yield place, language, int(size.partition("x")[0]), lines


@pytest.mark.parametrize("term", TERMS)
def test_every_screen_shows_what_it_is_about_and_ends_in_order(walks: Mapping[str, Walk], term: str) -> None:
    walk = walks[term]
    assert walk.code == 0, walk.err
    seen = {(place.name, language) for place, language, *_ in looks(walk)}
    assert seen == {(place.name, language) for place in PLACES for language in LANGUAGES}
    for place, language, _width, lines in looks(walk):
        what, text = f"{place.name} {language} {len(lines)} rows", "\n".join(lines)
        assert known(place.sign, language) in text, what
        assert known(place.last, language) in (text if place.name in BOXES else lines[-1]), what
        assert place.name in BOXES or "demo" in lines[0], what
        assert "Traceback" not in text, what
    end = set(" ".join(walk.shots["end"]).split())
    assert any(word.startswith("code=0") for word in end)
    assert {"icanon", "echo"} <= end  # the modes of a shell


@pytest.mark.parametrize("term", TERMS)
def test_every_line_has_the_width_of_the_terminal(walks: Mapping[str, Walk], term: str) -> None:
    for place, language, width, lines in looks(walks[term]):
        odd = [line for line in lines if cell_len(line) != width]
        assert odd == [], f"{place.name} {language} in {width} columns"
        assert "\N{REPLACEMENT CHARACTER}" not in "".join(lines)


@pytest.mark.parametrize("term", TERMS)
def test_no_figure_is_cut_and_where_there_is_room_no_word(walks: Mapping[str, Walk], term: str) -> None:
    for place, language, width, lines in looks(walks[term]):
        if place.name in {"board", "contract", "clients"}:
            cut = [line for line in lines[1:] if re.search(r"[\d$¥−+][…~]", line)]
            assert cut == [], f"{place.name} {language} in {width} columns"
        if place.name == "board" and width == 120:
            assert not {"…", "~"} & set("".join(lines)), f"{language} in {width} columns"


def test_the_console_of_linux_gets_only_signs_that_its_fonts_have(walks: Mapping[str, Walk]) -> None:
    for place, language, width, lines in looks(walks["linux"]):
        lacking = {chr(code) for code in CONSOLE} & set("".join(lines))
        assert lacking == set(), f"{place.name} {language} in {width} columns"


def test_nothing_is_left_in_english_on_a_screen_in_chinese(walks: Mapping[str, Walk]) -> None:
    catalogue = Path(i18n.FOLDER, "zh", "LC_MESSAGES", "kpiterm.po")
    with catalogue.open("rb") as file:
        known = {message.id for message in read_po(file) if isinstance(message.id, str) and message.string}
    sentences = {text for text in known if " " in text.strip() and "{" not in text and told(text, "zh") != text}
    assert len(sentences) > 500
    for walk in walks.values():
        for place, language, width, lines in looks(walk):
            left = {text for text in sentences if text in " ".join(lines)} if language == "zh" else set()
            assert left == set(), f"{place.name} in {width} columns"


def test_a_terminal_without_utf8_is_spoken_to_in_ascii_and_in_english(demo: Home, tmp_path: Path) -> None:
    environment = {**demo.environment, "LC_ALL": "C"}
    steps = ["until:target", "shot:board.txt", "key:q", "until:code="]
    walk = Walker(
        tmp_path, demo.command("--lang", "zh"), environment, steps, term="vt100", size="80x24"
    ).done()  # fmt: skip
    assert walk.code == 0, walk.err
    text = "\n".join(walk.shots["board"])
    assert text.isascii()
    assert "Details" in text
    assert "??" not in text
