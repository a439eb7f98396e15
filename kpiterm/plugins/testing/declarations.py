"""The part of the contract that needs no vendor: what a connector declares about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import ClassVar

import pytest

from kpiterm.plugins.model import API_VERSION, NAME, Connector, Marketplace, Stream
from kpiterm.plugins.testing import sql
from kpiterm.plugins.testing.host import example_settings

_HOST = re.compile(r"(\*\.)?(?=[a-z0-9.-]{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_SECRET_LIKE = re.compile(r"(?i)secret|password|passwd|token$|api_?key$|private_?key|credential")
_MATCH = re.compile(r"([A-Z]+|\*) /\S*")


class Declarations:
    """Names, hosts, settings, rates, streams and SQL."""

    connector: Connector
    settings: ClassVar[Mapping[str, str] | None] = None

    def test_is_made_for_this_plugin_api(self) -> None:
        assert 1 <= self.connector.api_version <= API_VERSION

    def test_has_names_that_people_can_type_and_titles_that_they_can_read(self) -> None:
        named = [(self.connector.name, self.connector.title), *((s.name, s.title) for s in self.connector.streams)]
        assert not [name for name, _ in named if not NAME.fullmatch(name)], "use lower-case letters, digits, '-', '_'"
        assert not [name for name, title in named if not title.strip()], "these have no title"
        assert self.connector.streams, "a connector without streams brings no data"

    def test_lists_the_hosts_it_speaks_to(self) -> None:
        assert self.connector.hosts, "hosts is empty: every request would be refused"
        bad = [host for host in self.connector.hosts if not _HOST.fullmatch(host)]
        assert not bad, "write plain host names in lower case, without scheme, port or path"
        wide = [host for host in self.connector.hosts if host.startswith("*.") and host.count(".") < 3]
        assert not wide, "a wildcard must leave at least a registered domain with a label: *.shops.example.com"

    def test_keeps_secrets_out_of_the_settings(self) -> None:
        named_like_secrets = [s.name for s in self.connector.settings if _SECRET_LIKE.search(s.name)]
        assert not named_like_secrets, "settings are written to files in plain text: declare these as Secret"

    def test_explains_every_setting_and_secret(self) -> None:
        declared = [(s.name, s.help) for s in self.connector.settings]
        declared += [(s.name, s.help) for s in self.connector.secrets]
        assert not [name for name, text in declared if not text.strip()], "these have no help text"
        names = [name for name, _ in declared]
        assert len(names) == len(set(names)), "a setting and a secret share a name"
        wrong = [s.name for s in self.connector.settings if s.choices and s.default not in (None, *s.choices)]
        assert not wrong, "the default is none of the choices"

    def test_knows_its_marketplace(self) -> None:
        settings = example_settings(self.connector) if self.settings is None else self.settings
        assert isinstance(self.connector.marketplace(settings), Marketplace)

    def test_declares_rates_that_can_match(self) -> None:
        bad = [rate.match for rate in self.connector.rates if not _MATCH.fullmatch(rate.match)]
        assert not bad, "write 'METHOD /path/with/*'"
        operations = sorted(rate.operation for rate in self.connector.rates)
        assert not [a for a, b in pairwise(operations) if a == b], "two rates share an operation's name"

    def test_declares_streams_that_can_be_planned(self) -> None:
        assert not [text for stream in self.connector.streams for text in _plan_faults(stream)]

    def test_declares_columns_and_outputs(self) -> None:
        shaped = [s for s in self.connector.streams if s.shape]
        assert not [s.name for s in shaped if s.shape and not s.shape.columns], "no columns are declared"
        assert not [s.name for s in shaped if s.shape and not s.shape.outputs], "the rows would go nowhere"

    def test_has_sql_that_the_store_can_run(self) -> None:
        if not sql.available():
            pytest.skip("DuckDB is not installed: the SQL of the outputs is not checked")
        faults = [
            f"stream {stream.name}: {text}"
            for stream in self.connector.streams
            if stream.shape
            for text in sql.problems(stream.shape)
        ]
        assert not faults, "\n".join(faults)


def _plan_faults(stream: Stream) -> list[str]:
    name, faults = f"stream {stream.name}", []
    windowed = any(c.startswith("window:") for o in (stream.shape.outputs if stream.shape else ()) for c in o.replaces)
    if windowed and not stream.by_day:
        faults.append(f"{name} replaces the days of a window, so it must be by_day or it would cut days in two")
    if stream.by_day and stream.max_window < timedelta(days=1):
        faults.append(f"{name} is by_day, but its max_window is shorter than a day")
    if stream.every <= timedelta(0):
        faults.append(f"{name}: every must be positive")
    if min(stream.lookback, stream.lag, stream.settles) < timedelta(0):
        faults.append(f"{name}: lookback, lag and settles cannot be negative")
    if stream.lookback > stream.history:
        faults.append(f"{name} looks back further than its history goes")
    return faults
