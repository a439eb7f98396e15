"""The language line of config.toml is set, and nothing else in the file changes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.config import load_config, write_templates
from kpiterm.config.language import write_language
from kpiterm.paths import Paths

LINES = ['currency = "CAD"', "# a remark", "", 'timezone = "UTC"', '# language = "en" # en | zh', "  #language of mine"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'language = "zh"\n'),
        ('# language = "en"   # en | zh\n', 'language = "zh"   # en | zh\n'),
        ('# language = "en"\nlanguage="en" # mine\n', '# language = "en"\nlanguage = "zh" # mine\n'),
        ('[targets]\nlanguage = ">= 1"\n', 'language = "zh"\n[targets]\nlanguage = ">= 1"\n'),
    ],
)
def test_the_line_that_is_there_is_set_else_a_new_one(tmp_path: Path, before: str, after: str) -> None:
    paths = Paths(tmp_path)
    paths.root.mkdir(parents=True)
    paths.config.write_text(before, "utf-8")
    write_language(paths, "zh")
    assert paths.config.read_text("utf-8") == after


@given(st.lists(st.sampled_from(LINES), unique=True), st.sampled_from(["en", "zh"]))
def test_all_other_settings_stay(tmp_path_factory: pytest.TempPathFactory, lines: list[str], language: str) -> None:
    paths = Paths(tmp_path_factory.mktemp("home"))
    paths.root.mkdir(parents=True)
    text = "\n".join([*lines, "[sync]", "parallel = 2", ""])
    paths.config.write_text(text, "utf-8")
    for _ in range(2):
        write_language(paths, language)
    assert tomllib.loads(paths.config.read_text("utf-8")) == tomllib.loads(text) | {"language": language}


def test_it_is_written_into_the_template(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    write_templates(paths)
    remarks = paths.config.read_text("utf-8").count("#")
    write_language(paths, "zh")
    assert load_config(paths).language == "zh"
    assert paths.config.read_text("utf-8").count("#") == remarks - 1


def test_a_file_that_is_linked_to_stays_where_it_is(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "home")
    paths.root.mkdir(parents=True)
    own = tmp_path / "own.toml"
    own.write_text("", "utf-8")
    paths.config.symlink_to(own)
    write_language(paths, "zh")
    assert paths.config.is_symlink()
    assert "zh" in own.read_text("utf-8")
