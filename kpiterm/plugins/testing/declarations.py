"""The part of the contract that needs no vendor: what a connector declares about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import ClassVar

import pytest

from kpiterm.plugins.model import API_VERSION, NAME, Connector, Marketplace, Setting, Stream
from kpiterm.plugins.testing import sql
from kpiterm.plugins.testing.host import example_settings

_HOST = re.compile(r"(\*\.|\{[^{}]+\}\.)?(?=[a-z0-9.-]{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_SECRET_LIKE = re.compile(r"(?i)secret|password|passwd|token$|api_?key$|private_?key|credential")
_MATCH = re.compile(r"([A-Z]+|\*) /\S*")


class Declarations:
    """Names, hosts, settings, rates, streams and SQL."""

    connector: Connector
    settings: ClassVar[Mapping[str, str] | None] = None

    def test_is_made_for_this_plugin_api(self) -> None:
        made_for = self.connector.api_version
        assert 1 <= made_for <= API_VERSION, f"made for plugin API {made_for}; this kpiterm offers {API_VERSION}"

    def test_has_names_that_people_can_type_and_titles_that_they_can_read(self) -> None:
        named = [(self.connector.name, self.connector.title), *((s.name, s.title) for s in self.connector.streams)]
        _none([name for name, _ in named if not NAME.fullmatch(name)], "use lower-case letters, digits, '-', '_'")
        _none([name for name, title in named if not title.strip()], "has no title")
        assert self.connector.streams, "a connector without streams brings no data"

    def test_lists_the_hosts_it_speaks_to(self) -> None:
        hosts = self.connector.hosts
        assert hosts, "hosts is empty: every request would be refused"
        wide = [host for host in hosts if host.startswith("*") and host.count(".") < 3]
        _none(wide, "a wildcard must leave at least a registered domain with a label: *.shops.example.com")
        bad = [host for host in hosts if not _HOST.fullmatch(host)]
        _none(bad, "write plain host names in lower case, without scheme, port or path")
        sure = {s.name for s in self.connector.settings if s.required or s.default}
        unsure = [host for host in hosts if host.startswith("{") and host[1 : host.index("}")] not in sure]
        _none(unsure, "its setting may be absent: make it required, or give it a default")

    def test_keeps_secrets_out_of_the_settings(self) -> None:
        named_like_secrets = [s.name for s in self.connector.settings if _SECRET_LIKE.search(s.name)]
        _none(named_like_secrets, "settings are written to files in plain text: declare it as Secret")

    def test_explains_every_setting_and_secret(self) -> None:
        declared = [(s.name, s.help) for s in self.connector.settings]
        declared += [(s.name, s.help) for s in self.connector.secrets]
        _none([name for name, text in declared if not text.strip()], "has no help text")
        _none(_doubled([name for name, _ in declared]), "a setting and a secret share this name")
        _none([s.name for s in self.connector.settings if _misses_its_choices(s)], "its default is none of its choices")

    def test_knows_its_marketplace(self) -> None:
        settings = example_settings(self.connector) if self.settings is None else self.settings
        found = self.connector.marketplace(settings)
        assert isinstance(found, Marketplace), f"marketplace gives a {type(found).__name__}, not a Marketplace"

    def test_declares_rates_that_can_match(self) -> None:
        bad = [rate.match for rate in self.connector.rates if not _MATCH.fullmatch(rate.match)]
        _none(bad, "write 'METHOD /path/with/*'")
        _none(_doubled([rate.operation for rate in self.connector.rates]), "two rates share this operation's name")

    def test_declares_streams_that_can_be_planned(self) -> None:
        faults = [text for stream in self.connector.streams for text in _plan_faults(stream)]
        assert not faults, "\n".join(faults)

    def test_declares_columns_and_outputs(self) -> None:
        shaped = [s for s in self.connector.streams if s.shape]
        _none([s.name for s in shaped if s.shape and not s.shape.columns], "this stream declares no columns")
        _none([s.name for s in shaped if s.shape and not s.shape.outputs], "the rows of this stream would go nowhere")

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


def _none(offenders: list[str], why: str) -> None:
    """Fails with the offenders by name, and what is wrong with them."""
    assert not offenders, f"{', '.join(name or repr(name) for name in offenders)}: {why}"


def _doubled(names: list[str]) -> list[str]:
    return [a for a, b in pairwise(sorted(names)) if a == b]


def _misses_its_choices(setting: Setting) -> bool:
    return bool(setting.choices) and setting.default not in (None, *setting.choices)


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
