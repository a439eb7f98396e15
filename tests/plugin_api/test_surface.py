"""The plugin API is add-only within a version: whoever changes one of these lists breaks somebody's connector."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import kpiterm.plugins as api
from kpiterm.plugins import auth, facts, hosts, http, manager, marketplaces, model, parse, spec, sql, testing

NAMES = {
    "API_VERSION", "AccessError", "AuthError", "Connector", "Context", "DataError", "Download", "Importer",
    "Marketplace", "Note", "Output", "Payload", "PluginCrash", "PluginError", "Probe", "Rate", "RateLimited",
    "Rejected", "Row", "Secret", "Setting", "SettingError", "Shape", "Sheet", "Stream", "SyncReport", "TransientError",
    "Window", "hookimpl", "hookspec",
}  # fmt: skip
FIELDS = {
    "Connector": "name title hosts streams marketplace settings secrets rates auth test api_version",
    "Context": "account settings secrets marketplace http now log sleep download recall remember save_secret",
    "Download": "path charset bytes",
    "Importer": "kind title recognise read shape marketplace columns",
    "Marketplace": "channel timezone currency",
    "Note": "text",
    "Output": "into select replaces",
    "Payload": "body format request records encoding extra",
    "Probe": "name ok detail",
    "Rate": "operation match per_second burst",
    "Rejected": "row reason",
    "Row": "table values",
    "Secret": "name help required",
    "Setting": "name help default choices required",
    "Shape": "columns outputs required",
    "Sheet": "path encoding delimiter header header_row rows given",
    "Stream": "name title fetch shape by_day lookback max_window history every lag retention settles needs snapshot",
    "SyncReport": "workspace runs",
    "Window": "start end",
}
HOOKS = {
    "kpiterm_connectors": "() -> 'Iterable[Connector]'",
    "kpiterm_importers": "() -> 'Iterable[Importer]'",
    "kpiterm_kpi_files": "() -> 'Iterable[Path]'",
    "kpiterm_sync_finished": "(report: 'SyncReport') -> 'None'",
}


def test_no_name_was_taken_away() -> None:
    assert set(api.__all__) >= NAMES
    assert not [name for name in api.__all__ if not hasattr(api, name)]


def test_every_name_says_what_it_is() -> None:
    public = [getattr(api, name) for name in api.__all__ if name[0].isupper() and name != "API_VERSION"]
    assert not [value.__name__ for value in public if not value.__doc__]


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_was_taken_away_and_new_ones_are_optional(name: str) -> None:
    fields = {f.name: f for f in dataclasses.fields(getattr(api, name))}
    pinned = FIELDS[name].split()
    assert [f for f in fields if f in pinned] == pinned, "removed, renamed or reordered"
    added = [f for f in fields.values() if f.name not in pinned]
    default = (dataclasses.MISSING, dataclasses.MISSING)
    assert not [f.name for f in added if (f.default, f.default_factory) == default], "old connectors do not give these"


def test_the_hooks_and_their_arguments() -> None:
    assert {name: str(inspect.signature(getattr(spec, name))) for name in manager.HOOKS} == HOOKS


def test_the_version_that_connectors_are_made_for() -> None:
    assert api.API_VERSION == model.API_VERSION == 1


def test_the_errors_and_their_exit_codes() -> None:
    errors = [value for value in vars(api).values() if isinstance(value, type) and issubclass(value, api.PluginError)]
    assert {error.__name__: error.exit_code for error in errors} == {
        "PluginError": 1, "SettingError": 2, "AuthError": 3, "AccessError": 3, "TransientError": 4, "RateLimited": 4,
        "DataError": 5, "PluginCrash": 1,
    }  # fmt: skip


def test_what_connectors_use_beyond_the_names() -> None:
    assert set(testing.__all__) == {"ConnectorContract", "Host", "make_context"}
    assert set(http.__all__) == {"HostClient", "Stats", "open_client"}
    assert set(parse.__all__) >= {
        "count", "currency_of", "day", "day_range", "lost_digits", "moment", "money", "percent", "unwrap",
    }  # fmt: skip
    assert str(inspect.signature(hosts.hosts_of)) == (
        "(hosts: 'Iterable[str]', settings: 'Mapping[str, str]') -> 'tuple[str, ...]'"
    )
    assert callable(marketplaces.amazon_channel)
    assert len(marketplaces.MARKETPLACES) >= 20
    assert callable(auth.ByHost)
    assert set(inspect.signature(auth.OAuth2Refresh).parameters) >= {
        "token_url", "client_id", "client_secret", "refresh_token", "scope", "header", "prefix", "headers", "client_in",
        "token_headers", "save_secret", "secret_name", "on_token",
    }  # fmt: skip


def test_what_authors_test_with() -> None:
    assert list(inspect.signature(testing.make_context).parameters) == [
        "connector", "handler", "tmp_path", "settings", "secrets", "now", "state", "log", "attempts",
    ]  # fmt: skip
    fields = {f.name for f in dataclasses.fields(testing.Host)}
    assert fields >= {
        "connector", "directory", "settings", "secrets", "account", "now", "attempts", "state", "keyring", "requests",
        "slept", "logs", "on_sleep", "on_log",
    }  # fmt: skip
    assert {"context", "respond", "fetch", "read", "close"} <= set(dir(testing.Host))
    assert {"responses", "connector", "settings", "secrets", "now"} <= {
        name
        for base in testing.ConnectorContract.__mro__
        for name in {**vars(base), **vars(base).get("__annotations__", {})}
    }


def test_what_sql_may_call() -> None:
    assert set(sql.VARIABLES) >= {"account", "channel", "timezone", "currency"}
    for macro in ("business_day(moment, channel)", "utc(moment_text)"):
        assert f"create or replace temp macro {macro}" in sql.MACROS


def test_no_column_of_the_canonical_tables_was_taken_away() -> None:
    """The first migration is never edited: it holds the columns as they were first released."""
    first = files("kpiterm.store").joinpath("sql/0001_facts.sql").read_text("utf-8")
    for name, body in re.findall(r"CREATE TABLE (\w+) \(\n(.*?)\n\);", first, re.DOTALL):
        if not name.endswith("_history"):
            released = set(re.findall(r"^    (\w+) ([\w(),]+?),?$", body, re.MULTILINE))
            assert released <= {(c.name, c.type) for c in facts.TABLES[name].all_columns}, name


def test_the_page_of_the_api_lists_all_of_it() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/reference/plugin-api.md").read_text()
    listed = set(re.findall(r"`(\w+)`", page.partition("## How a name goes")[0]))
    assert listed >= {*HOOKS, *testing.__all__, *sql.VARIABLES, "OAuth2Refresh", "ByHost", "hosts_of", "MARKETPLACES"}
    assert f"`kpiterm.plugins.API_VERSION` is {api.API_VERSION}" in page


def test_importing_the_api_costs_no_heavy_library() -> None:
    code = "import sys, kpiterm.plugins, kpiterm.plugins.testing.pytest_plugin; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"httpx", "tenacity", "duckdb", "keyring", "textual"} & set(loaded)
