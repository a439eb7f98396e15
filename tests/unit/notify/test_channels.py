"""Channels are small files without a secret; quiet hours are those of the reader's own clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.errors import ConfigError, UsageError
from kpiterm.notify.channels import (
    Channel,
    check_hours,
    check_name,
    check_timezone,
    find_channel,
    load_channels,
    remove_channel,
    save_channel,
)
from kpiterm.paths import Paths
from kpiterm.secrets import SecretStore

OPS = Channel(name="ops", service="Slack", language="zh", timezone="Asia/Shanghai", quiet="22:00-08:00",
              break_through=True, severity="critical")  # fmt: skip


def test_what_was_saved_is_loaded_by_name(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    assert load_channels(paths) == ()
    boss = Channel(name="boss", service="E-Mail", language="en", timezone="America/Los_Angeles")
    for channel in (OPS, boss):
        file = save_channel(paths, channel)
    assert load_channels(paths) == (boss, OPS)
    assert file.parent.stat().st_mode & 0o077 == 0


def test_removing_one_forgets_its_address(tmp_path: Path, vault: str) -> None:
    paths, secrets = Paths(tmp_path), SecretStore("default", vault)
    save_channel(paths, OPS)
    secrets.put("notify", "ops", "slack://a/b/c")
    remove_channel(paths, secrets, "ops")
    assert load_channels(paths) == ()
    assert secrets.get("notify", "ops") is None
    with pytest.raises(UsageError, match="no channel named 'ops'"):
        remove_channel(paths, secrets, "ops")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-22T13:59", False),  # 21:59 in Shanghai
        ("2026-11-22T14:00", True),
        ("2026-11-22T23:59", True),
        ("2026-11-23T00:00", False),  # 08:00
    ],
)
def test_quiet_hours_across_midnight_in_another_zone(moment: str, expected: bool) -> None:
    assert OPS.is_quiet(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is expected


def test_quiet_hours_keep_to_the_clock_when_it_is_put_back() -> None:
    boss = replace(OPS, timezone="America/Los_Angeles", quiet="01:00-02:00")
    night = [boss.is_quiet(datetime(2026, 11, 1, hour, 30, tzinfo=UTC)) for hour in range(7, 12)]
    assert night == [False, True, True, False, False]  # 00:30, 01:30 twice, 02:30, 03:30


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_of_two_spans_that_make_up_the_day_exactly_one_is_quiet(moment: datetime) -> None:
    night, day = replace(OPS, quiet="22:00-08:00"), replace(OPS, quiet="08:00-22:00")
    assert night.is_quiet(moment) != day.is_quiet(moment)
    assert not replace(OPS, quiet=None).is_quiet(moment)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('quiet = "22-8"', "ops.toml: quiet: found '22-8'"),
        ('quiet = "25:00-08:00"', "quiet"),
        ('quiet = "08:00-08:00"', "quiet"),
        ('timezone = "Mars/Olympus"', "timezone: unknown zone"),
        ('language = "de"', "language"),
        ('severity = "high"', "severity"),
        ('break_through = "yes"', "break_through"),
        ('url = "slack://a"', "url: unknown key"),
    ],
)
def test_a_fault_in_a_file_names_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    paths = Paths(tmp_path)
    paths.notify.mkdir(parents=True)
    (paths.notify / "ops.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_channels(paths)
    assert words in caught.value.message
    assert caught.value.hint


def test_what_a_person_types_is_checked() -> None:
    assert check_hours("22:00-08:00") == "22:00-08:00"
    assert check_timezone("Asia/Shanghai") == "Asia/Shanghai"
    for check, text in (
        (check_hours, "late"),
        (check_hours, "08:00-08:00"),
        (check_timezone, "X"),
        (check_name, "A b"),
    ):
        with pytest.raises(UsageError) as caught:
            check(text)
        assert caught.value.hint


def test_a_misspelt_channel_is_guessed() -> None:
    with pytest.raises(UsageError) as caught:
        find_channel((OPS,), "opps")
    assert caught.value.hint == "did you mean 'ops'?"
    with pytest.raises(UsageError) as caught:
        find_channel((), "ops")
    assert caught.value.hint == "kpiterm notify add ops"
