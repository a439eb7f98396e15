"""`--as-of`: a day means all that was known on it, a moment without a zone is UTC."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

import pytest

from kpiterm.cli.session import Session
from kpiterm.errors import UsageError


def as_of(text: str | None) -> datetime | None:
    args = argparse.Namespace(
        home=None,
        workspace=None,
        lang=None,
        as_of=text,
        json=False,
        quiet=False,
        verbose=False,
        no_color=False,
        low_bandwidth=False,
    )
    return Session.of(args).as_of


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01", datetime(2026, 11, 2, tzinfo=UTC)),
        ("20261101", datetime(2026, 11, 2, tzinfo=UTC)),
        ("2026-11-01T08:00Z", datetime(2026, 11, 1, 8, tzinfo=UTC)),
        ("2026-11-01T08:00", datetime(2026, 11, 1, 8, tzinfo=UTC)),
        ("2026-11-01 08:00", datetime(2026, 11, 1, 8, tzinfo=UTC)),
        ("2026-11-01T08:00+08:00", datetime(2026, 11, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_moment(text: str, moment: datetime) -> None:
    assert as_of(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "9999-12-31", "0001-01-01T00:00+14:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(UsageError, match="is no moment"):
        as_of(text)


def test_without_it_the_present_holds() -> None:
    assert as_of(None) is None
