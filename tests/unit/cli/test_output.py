"""Tables line up in any script, progress reads like a sentence, and cells become JSON without loss."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.cli import output
from kpiterm.cli.commands.query import value
from kpiterm.cli.commands.sync import _narrate
from kpiterm.cli.progress import describe, size
from kpiterm.cli.session import Session
from kpiterm.events import Progress, Run, RunError
from kpiterm.paths import resolve


@given(st.lists(st.tuples(st.text("aé茶🙂 ", max_size=8), st.text("0123456789", max_size=6)), max_size=5))
def test_columns_line_up(rows: list[tuple[str, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr(output, "line", lines.append)
        output.table(("name", "n"), rows, right=(1,))
    ends = {output.width(line) for line, row in zip(lines, (("name", "n"), *rows), strict=True) if row[1]}
    assert len(ends) == 1


def test_wide_characters_count_twice_and_combining_ones_not_at_all() -> None:
    assert (output.width("茶a"), output.width("é"), output.width("e\u0301")) == (3, 1, 1)


def test_colours_take_no_room_and_other_controls_do_not_get_through(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "coloured", lambda: True)
    assert output.width(output.paint("ok", "ok")) == 2
    output.table(("state", "title"), [(output.paint("ok", "ok"), "a\x1b]0;owned\x07\nb\x9b2J")])
    output.note("the vendor says \x1b[2J")
    out, err = capsys.readouterr()
    assert out.splitlines()[1] == "\x1b[32mok\x1b[0m     a\ufffd]0;owned\ufffd b\ufffd2J"
    assert err == "the vendor says \ufffd[2J\n"


def test_progress_in_words() -> None:
    event = Progress(
        account="us-main", stream="orders", window=2, windows=5, bytes=3_400_000, rows=1200, requests=7,
        note="waiting 3 s for quota", eta=72.4,
    )  # fmt: skip
    assert describe(event) == (
        "us-main orders  window 2/5  1,200 rows  3.4 MB  7 requests  about 1:12 left  (waiting 3 s for quota)"
    )
    assert [size(n) for n in (0, 999, 1000, 2_500_000_000)] == ["0 B", "999 B", "1.0 kB", "2.5 GB"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("12.50"), "12.50"),
        (datetime(2026, 11, 1, 8), "2026-11-01T08:00:00Z"),  # noqa: DTZ001 (the store's moments are naive UTC)
        (date(2026, 11, 1), "2026-11-01"),
        ([Decimal(1), None], ["1", None]),
        ({"a": (1, "x")}, {"a": [1, "x"]}),
        (b"\xff", "ff"),
        (float("inf"), None),
        (float("nan"), None),
        (1.5, 1.5),
        (True, True),
    ],
)
def test_a_cell_for_json(cell: object, expected: object) -> None:
    assert value(cell) == expected


def test_a_failure_that_streams_share_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    error = RunError(kind="AuthError", message="refused", hint="enter new ones")
    runs = [
        Run(account="one", stream=stream, status="failed", windows=0, rows=0, superseded=0, bytes=0, requests=0,
            throttled=0, seconds="0.0", watermark=None, error=error) for stream in ("orders", "ads")
    ]  # fmt: skip
    session = Session(paths=resolve(None, None), lang=None, as_of=None, json=False, quiet=True, verbose=False)
    _narrate(runs, session, talkative=False)
    assert capsys.readouterr().err == "kpiterm: one orders, ads: refused\n  → enter new ones\n"
