"""Every text that the code marks for translation has a Chinese one, with the same places for figures."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import kpiterm
from kpiterm.i18n import DOMAIN, FOLDER, Said, in_all, listing, named, recalled, said, sentences, told, translator

ROOT = Path(kpiterm.__file__).parent
PO = FOLDER / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue() -> Catalog:
    return read_po(io.BytesIO(PO.read_bytes()), locale="zh")


DECLARED = {"Setting": "help", "Secret": "help", "Stream": "title"}
"""What the set-up tells of a connector's declarations; `make locale` takes each one's second argument."""


def marked() -> Iterator[tuple[str, int, str]]:
    """File, line and text of each literal that is handed to `_` or `N_`, or that a connector here declares."""
    for file in sorted((ROOT.parent / "connectors").glob("*/kpiterm_*/*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DECLARED:
                for keyword in node.keywords:
                    if keyword.arg == DECLARED[node.func.id] and isinstance(keyword.value, ast.Constant):
                        yield file.name, node.lineno, str(keyword.value.value)
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "N_", "said"}:
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield file.relative_to(ROOT).as_posix(), node.lineno, argument.value


def test_no_text_is_missed() -> None:
    known = {str(message.id) for message in catalogue() if message.string}
    assert [f"{file}:{line}: {text!r}" for file, line, text in marked() if text not in known] == [], "run `make locale`"


def test_no_translation_is_left_over() -> None:
    used = {text for _, _, text in marked()}
    assert [message.id for message in catalogue() if message.id and message.id not in used] == [], "run `make locale`"


def test_translations_have_the_places_of_their_texts() -> None:
    for message in catalogue():
        if message.id:
            fields = re.compile(r"\{[^}]*\}")
            assert sorted(fields.findall(str(message.id))) == sorted(fields.findall(str(message.string))), message.id


def test_the_compiled_catalogue_is_that_of_the_texts() -> None:
    compiled = read_mo(io.BytesIO(PO.with_suffix(".mo").read_bytes()))
    texts = {str(m.id): str(m.string) for m in catalogue() if m.id and m.string}
    assert {str(m.id): str(m.string) for m in compiled if m.id} == texts, "run `make locale`"


@pytest.mark.parametrize(("language", "text"), [("en", "Summary"), ("zh", "摘要"), ("fr", "Summary")])
def test_a_language_without_catalogue_reads_english(language: str, text: str) -> None:
    assert translator(language)("Summary") == text


def test_a_sentence_is_told_with_its_values_and_those_in_them() -> None:
    inner = said("target {0}", "≤ 28 %")
    outer = said("{0}, terms version {1}", inner, 2)
    assert outer == "target ≤ 28 %, terms version 2"
    assert told(outer, "zh") == "目标 ≤ 28 %，条款第 2 版"
    assert told(outer, "en") == outer
    assert told("Summary", "zh") == "摘要"
    assert told("A SKU {0}", "zh") == "A SKU {0}"
    assert told("", "zh") == ""


def test_a_name_has_its_languages_with_it() -> None:
    text = said("not deducted, for want of data: {0}", named({"en": "Ad spend", "zh": "广告花费"}))
    assert in_all(text) == {"en": "not deducted, for want of data: Ad spend", "zh": "因无数据未扣除：广告花费"}


def test_sentences_and_lists_have_the_signs_of_their_language() -> None:
    parts = (said("ended on {0}", "2026-10-31"), "", said("unchanged"))
    assert in_all(sentences(parts)) == {"en": "ended on 2026-10-31; unchanged", "zh": "2026-10-31 已到期；未变更"}
    assert told(listing([said("seller"), said("provider")]), "zh") == "卖家，服务商"
    assert (sentences([]), listing(["one"])) == ("", "one")


def test_braces_in_a_word_of_somebody_else_are_no_places() -> None:
    assert told(said("cost {per unit}"), "zh") == "cost {per unit}"


@pytest.mark.parametrize(
    ("kept", "chinese"),
    [
        ("held: only 0.8 of the weights could be evaluated", "暂缓：仅有 0.8 的权重可评估"),
        ("0.05 from 0; 0.07 from 50000", "0.05（0 起）；0.07（50000 起）"),
        ("both parties must approve; approved by seller", "须双方批准；已批准：卖家"),
        ("TOY-1 green", "TOY-1 green"),
        ("", ""),
    ],
)
def test_a_sentence_that_was_kept_as_text_finds_its_template(kept: str, chinese: str) -> None:
    found = recalled(kept)
    assert found == kept
    assert told(found, "zh") == chinese
    assert isinstance(found, Said) == (kept != chinese)
