"""Plugins are loaded from real installed metadata, one at a time, and a bad one harms nobody but itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kpiterm.plugins import SyncReport
from kpiterm.plugins.manager import Plugins, PluginStatus, load, plugin_names

GOOD = """
from kpiterm.plugins import Connector, Importer, Marketplace, hookimpl
PLACE = Marketplace(channel="amazon.com", timezone="America/Los_Angeles", currency="USD")
def made(name, **more):
    return Connector(name=name, title=name, hosts=("api.acme.com",), streams=(), marketplace=lambda s: PLACE, **more)
def importer(kind):
    return Importer(kind=kind, title=kind, recognise=lambda sheet: False, read=lambda sheet: iter(()))
"""
CONNECTOR = GOOD + "@hookimpl\ndef kpiterm_connectors():\n    return [made({name!r})]\n"
Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a distribution of one module with an entry point, as pip leaves it on disk."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def install(name: str, code: str, *, distribution: str = "", version: str = "1.2") -> Path:
        distribution = distribution or f"kpiterm-{name}"
        module = distribution.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(code)
        info = tmp_path / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[kpiterm]\n{name} = {module}\n")
        return tmp_path

    yield install
    for name in set(sys.modules) - before:
        if name.startswith("kpiterm_"):
            del sys.modules[name]


def status(plugins: Plugins, name: str) -> PluginStatus:
    (found,) = [s for s in plugins.statuses if s.name == name]
    return found


def test_an_installed_connector_is_found_by_its_name(install: Install) -> None:
    install("acme", CONNECTOR.format(name="acme"), version="2.1")
    assert "acme" in plugin_names()
    plugins = load({"acme"})
    assert plugins.connectors["acme"].title == "acme"
    found = status(plugins, "acme")
    assert (found.state, found.distribution, found.version) == ("ok", "kpiterm-acme", "2.1")
    assert (found.connectors, found.hooks) == (("acme",), ("kpiterm_connectors",))


def test_names_are_listed_without_importing(install: Install) -> None:
    install("acme", "raise SystemExit('imported')")
    assert "acme" in plugin_names()
    assert "kpiterm_acme" not in sys.modules


BAD = {
    "import": ("import no_such_package_anywhere", "ModuleNotFoundError: No module named 'no_such_package_anywhere'"),
    "syntax": ("def broken(:\n", "SyntaxError"),
    "exit": ("raise SystemExit(3)", "SystemExit: 3"),
    "base": ("class Odd(BaseException): pass\nraise Odd('really')", "Odd: really"),
    "misspelt": (GOOD + "@hookimpl\ndef kpiterm_conectors(): return []\n", "unknown hook kpiterm_conectors"),
    "unmarked": (GOOD + "def kpiterm_connectors(): return []\n", "kpiterm_connectors is not marked as a hook"),
    "argument": (GOOD + "@hookimpl\ndef kpiterm_connectors(app): return []\n", "PluginValidationError"),
    "future": (
        GOOD + "@hookimpl\ndef kpiterm_connectors(): return [made('future', api_version=99)]\n",
        "connector future is made for plugin API 99; this kpiterm offers 1",
    ),
    "renamed": (CONNECTOR.format(name="other"), "plugin renamed offers a connector named other"),
    "raising": (GOOD + "@hookimpl\ndef kpiterm_connectors(): return [1 / 0]\n", "ZeroDivisionError: division by zero"),
    "lazily": (GOOD + "@hookimpl\ndef kpiterm_importers():\n    yield importer('a.b')\n    exit(1)\n", "SystemExit: 1"),
    "mistyped": (GOOD + "@hookimpl\ndef kpiterm_connectors(): return ['acme']\n", "kpiterm_connectors returned a str"),
    "nothing": (GOOD + "@hookimpl\ndef kpiterm_connectors(): pass\n", "kpiterm_connectors returned NoneType"),
    "text": (GOOD + "@hookimpl\ndef kpiterm_kpi_files(): return '/a/b.toml'\n", "kpiterm_kpi_files returned str"),
    "fileless": (
        GOOD + "from pathlib import Path\n@hookimpl\ndef kpiterm_kpi_files(): return [Path('/no/such.toml')]\n",
        "kpiterm_kpi_files names /no/such.toml, which is not there",
    ),
    "doubled": (
        GOOD + "@hookimpl\ndef kpiterm_importers(): return [importer('a.b'), importer('a.b')]\n",
        "importer a.b is offered twice by the plugin itself",
    ),
    "invalid": (
        GOOD + "@hookimpl\ndef kpiterm_connectors(): return [made('In Valid')]\n",
        "ValueError: connector name 'In Valid'",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plugin_is_a_status_and_the_others_work(name: str, install: Install) -> None:
    code, error = BAD[name]
    install(name, code)
    install("acme", CONNECTOR.format(name="acme"))
    plugins = load({name, "acme"})
    found = status(plugins, name)
    assert found.state == "failed"
    assert found.error.startswith(error)
    assert "\n" not in found.error
    assert found.hint
    assert (found.connectors, found.importers, found.hooks) == ((), (), ())
    assert list(plugins.connectors) == ["acme"]
    assert not [i for i in plugins.importers if i.kind == "a.b"]


def test_a_misspelt_hook_is_answered_with_the_right_one(install: Install) -> None:
    install("misspelt", BAD["misspelt"][0])
    assert status(load({"misspelt"}), "misspelt").hint == "did you mean kpiterm_connectors?"


def test_ctrl_c_during_an_import_is_not_swallowed(install: Install) -> None:
    install("slow", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load({"slow"})


def test_two_distributions_with_the_same_connector(install: Install) -> None:
    install("acme", CONNECTOR.format(name="acme"), distribution="kpiterm-acme-a")
    install("acme", CONNECTOR.format(name="acme"), distribution="kpiterm-acme-b")
    plugins = load({"acme"})
    states = sorted((s.state, s.distribution, s.error) for s in plugins.statuses if s.name == "acme")
    (failed, loser, error), (ok, winner, _) = states
    assert (failed, ok, {loser, winner}) == ("failed", "ok", {"kpiterm-acme-a", "kpiterm-acme-b"})
    assert error == f"connector acme is already offered by the plugin acme ({winner})"
    assert list(plugins.connectors) == ["acme"]


def test_two_plugins_with_the_same_importer(install: Install) -> None:
    code = GOOD + "@hookimpl\ndef kpiterm_importers(): return [importer('acme.orders')]\n"
    install("first", code)
    install("second", code)
    plugins = load({"first", "second"})
    assert sorted(s.state for s in plugins.statuses if s.name in ("first", "second")) == ["failed", "ok"]
    assert [i.kind for i in plugins.importers].count("acme.orders") == 1


def test_what_a_plugin_prints_does_not_reach_stdout(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    code = (
        "print('importing')\n" + GOOD + "@hookimpl\ndef kpiterm_importers():\n    print('asked')\n    return []\n"
        "@hookimpl\ndef kpiterm_sync_finished(report): print('told')\n"
    )  # fmt: skip
    install("acme", code)
    plugins = load({"acme"})
    plugins.finished(SyncReport("default", ()))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.split() == ["importing", "asked", "told"]


def test_the_others_are_not_even_imported(install: Install) -> None:
    install("acme", CONNECTOR.format(name="acme"))
    install("idle", "raise SystemExit('imported')")
    plugins = load({"acme"})
    assert status(plugins, "idle").state == "disabled"
    assert "kpiterm_idle" not in sys.modules


@pytest.mark.parametrize(
    ("only", "names", "loaded"),
    [
        ("acme", None, ["acme"]),
        (" acme , idle ", None, ["acme", "idle"]),
        ("", None, []),
        ("idle", {"acme"}, []),
        ("acme,idle", {"acme"}, ["acme"]),
    ],
)
def test_a_variable_restricts_what_is_loaded(
    only: str, names: set[str] | None, loaded: list[str], install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPITERM_PLUGINS", only)
    install("acme", CONNECTOR.format(name="acme"))
    install("idle", CONNECTOR.format(name="idle"))
    plugins = load(names)
    assert sorted(plugins.connectors) == loaded
    assert {status(plugins, name).state for name in ("acme", "idle") if name not in loaded} <= {"disabled"}
    assert plugins.importers, "kpiterm's own importers are always there"


def test_a_name_that_is_not_installed_is_reported(install: Install) -> None:
    install("acme", CONNECTOR.format(name="acme"))
    found = status(load({"acne"}), "acne")
    assert (found.state, found.error, found.hint) == ("failed", "not installed", "did you mean acme?")


def test_every_listener_hears_of_a_sync_and_a_failing_one_harms_nobody(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install("first", GOOD + "@hookimpl\ndef kpiterm_sync_finished(report):\n    print(report.workspace)\n    exit(7)\n")
    install("second", GOOD + "@hookimpl\ndef kpiterm_sync_finished():\n    print('second')\n")
    failures = load({"first", "second"}).finished(SyncReport("shop", ()))
    assert failures == {"first": "SystemExit: 7"}
    assert sorted(capsys.readouterr().err.split()) == ["second", "shop"]


def test_kpi_files_are_collected(install: Install, tmp_path: Path) -> None:
    file = tmp_path / "more.toml"
    file.write_text("")
    hook = f"from pathlib import Path\n@hookimpl\ndef kpiterm_kpi_files(): return [Path({str(file)!r})]\n"
    install("acme", GOOD + hook)
    assert load({"acme"}).kpi_files == (file,)


def test_a_module_may_be_given_directly() -> None:
    module = ModuleType("tests.handmade")
    exec(CONNECTOR.format(name="handmade"), module.__dict__)
    plugins = load(set(), extra=[module])
    assert status(plugins, "handmade").state == "disabled"
    assert list(load({"handmade"}, extra=[module]).connectors) == ["handmade"]


def test_what_is_loaded_cannot_be_changed(install: Install) -> None:
    install("acme", CONNECTOR.format(name="acme"))
    plugins = load({"acme"})
    with pytest.raises(TypeError):
        plugins.connectors["other"] = plugins.connectors["acme"]  # type: ignore[index]


def test_kpiterms_own_plugin_comes_through_the_same_door() -> None:
    from kpiterm.plugins import builtin

    for plugins in (load(set()), load(set(), extra=[builtin])):
        own = status(plugins, "kpiterm")
        assert (own.state, own.importers, own.hooks) == ("ok", ("kpiterm.contacts",), ("kpiterm_importers",))
