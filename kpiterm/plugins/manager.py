"""Loads plugins one at a time. A plugin that fails in any way is a status to show; the others never notice."""

from __future__ import annotations

import contextlib
import difflib
import importlib.metadata
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Literal, TypeVar

import pluggy

from kpiterm.plugins import spec
from kpiterm.plugins.model import API_VERSION, Connector, Importer, SyncReport

GROUP = "kpiterm"
ONLY = "KPITERM_PLUGINS"
BUILTIN = "kpiterm"
HOOKS = tuple(name for name in dir(spec) if name.startswith("kpiterm_"))
_FINISHED = "kpiterm_sync_finished"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginStatus:
    """One plugin as `kpiterm plugins` shows it: what it offers, or why it was not loaded and what to do about it."""

    name: str
    state: Literal["ok", "failed", "disabled"]
    distribution: str | None = None
    version: str | None = None
    error: str = ""
    hint: str = ""
    connectors: tuple[str, ...] = ()
    importers: tuple[str, ...] = ()
    kpi_files: tuple[Path, ...] = ()
    hooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugins:
    """What the loaded plugins offer. Connectors by name; statuses of all plugins, loaded or not."""

    statuses: tuple[PluginStatus, ...]
    connectors: Mapping[str, Connector]
    importers: tuple[Importer, ...]
    kpi_files: tuple[Path, ...]
    listeners: tuple[tuple[str, Callable[..., object]], ...] = field(default=(), repr=False)

    def finished(self, report: SyncReport) -> dict[str, str]:
        """Tell every plugin that a sync is over; returns what went wrong, by plugin name."""
        failures: dict[str, str] = {}
        for name, listener in self.listeners:
            with _contained() as problems:
                listener(report=report)
            if problems:
                failures[name] = problems[0][0]
        return failures


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A plugin that may be loaded: its name, how to import it, and where it comes from."""

    name: str
    load: Callable[[], object]
    distribution: str | None = None
    version: str | None = None


@dataclass(slots=True)
class _Offer:
    """What one plugin offers, as checked so far."""

    name: str = ""
    connectors: list[Connector] = field(default_factory=list)
    importers: list[Importer] = field(default_factory=list)
    kpi_files: list[Path] = field(default_factory=list)
    listener: Callable[..., object] | None = None
    hooks: tuple[str, ...] = ()


class _Refused(Exception):
    """A plugin breaks the rules; the text says which one, the hint what its author or user should do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def plugin_names() -> list[str]:
    """Names of the installed plugins, without importing them."""
    return sorted({entry.name for entry in importlib.metadata.entry_points(group=GROUP)})


def load(names: Collection[str] | None = None, *, extra: Sequence[ModuleType] = ()) -> Plugins:
    """Load kpiterm's own plugin, the installed ones and `extra` modules (named by their last part).

    `names`, and the variable KPITERM_PLUGINS (names with commas), restrict this to the plugins named; the others are
    not even imported. Never raises for a plugin's fault.
    """
    wanted = _wanted(names)
    taken: dict[str, str] = {}
    statuses: list[PluginStatus] = []
    offers: list[_Offer] = []
    for candidate in _candidates(extra):
        if wanted is not None and candidate.name not in wanted and candidate.name != BUILTIN:
            statuses.append(_status(candidate, "disabled"))
            continue
        status, offer = _load_one(candidate, taken)
        statuses.append(status)
        offers += [offer] if offer else []
    statuses += _missing(wanted, {status.name for status in statuses})
    return _plugins(statuses, offers)


def _wanted(names: Collection[str] | None) -> set[str] | None:
    only = os.environ.get(ONLY)
    listed = None if only is None else {name.strip() for name in only.split(",") if name.strip()}
    if names is None or listed is None:
        return listed if names is None else set(names)
    return set(names) & listed


def _candidates(extra: Sequence[ModuleType]) -> Iterator[_Candidate]:
    yield _Candidate(BUILTIN, _import_builtin, "kpiterm", _own_version())
    for entry in importlib.metadata.entry_points(group=GROUP):
        origin = entry.dist
        yield _Candidate(entry.name, entry.load, origin.name if origin else None, origin.version if origin else None)
    for module in extra:
        if module.__name__ != "kpiterm.plugins.builtin":
            yield _Candidate(module.__name__.rpartition(".")[2], partial(_itself, module))


def _itself(module: ModuleType) -> ModuleType:
    return module


def _own_version() -> str | None:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version("kpiterm")
    return None


def _import_builtin() -> object:
    from kpiterm.plugins import builtin

    return builtin


def _load_one(candidate: _Candidate, taken: dict[str, str]) -> tuple[PluginStatus, _Offer | None]:
    offer = None
    with _contained() as problems:
        offer = _collect(candidate.load())
        offer.name = candidate.name
        _check_names(candidate, offer, taken)
    if problems or offer is None:
        error, hint = problems[0] if problems else ("it offers nothing", "")
        return _status(candidate, "failed", error=error, hint=hint or _reinstall(candidate)), None
    owner = f"{candidate.name} ({candidate.distribution})" if candidate.distribution else candidate.name
    taken |= {f"connector {c.name}": owner for c in offer.connectors}
    taken |= {f"importer {i.kind}": owner for i in offer.importers}
    return _status(candidate, "ok", offer), offer


def _collect(plugin: object) -> _Offer:
    """Register the plugin with a manager of its own and call each of its hooks."""
    _check_spelling(plugin)
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(spec)
    manager.register(plugin)
    callers = {caller.name: caller for caller in manager.get_hookcallers(plugin) or ()}
    offer = _Offer(hooks=tuple(sorted(callers)))
    results = {name: [i.function for i in caller.get_hookimpls()] for name, caller in callers.items()}
    offer.listener = callers.get(_FINISHED)
    offer.connectors = _values("kpiterm_connectors", results, Connector)
    offer.importers = _values("kpiterm_importers", results, Importer)
    offer.kpi_files = _values("kpiterm_kpi_files", results, Path)
    for file in offer.kpi_files:
        if not file.is_file():
            raise _Refused(f"kpiterm_kpi_files names {file}, which is not there", "the plugin was packed without it")
    return offer


def _values(hook: str, functions: Mapping[str, Sequence[Callable[..., object]]], kind: type[T]) -> list[T]:
    values: list[T] = []
    for function in functions.get(hook, ()):
        result = function()
        if not isinstance(result, Iterable) or isinstance(result, str):
            raise _Refused(f"{hook} returned {type(result).__name__}", f"return a tuple of {kind.__name__}")
        for value in result:
            if not isinstance(value, kind):
                raise _Refused(f"{hook} returned a {type(value).__name__}", f"return a tuple of {kind.__name__}")
            values.append(value)
    return values


def _check_spelling(plugin: object) -> None:
    """A function that looks like a hook, but that kpiterm would never call, is a mistake of its author."""
    for name in dir(plugin):
        value = getattr(plugin, name, None)
        if not name.startswith("kpiterm_") or isinstance(value, ModuleType) or not callable(value):
            continue
        if name not in HOOKS:
            near = difflib.get_close_matches(name, HOOKS, n=1)
            meant = f"did you mean {near[0]}?" if near else f"known hooks: {', '.join(HOOKS)}"
            raise _Refused(f"unknown hook {name}", meant)
        if not hasattr(value, f"{GROUP}_impl"):
            raise _Refused(f"{name} is not marked as a hook", "put @kpiterm.plugins.hookimpl above it")


def _check_names(candidate: _Candidate, offer: _Offer, taken: Mapping[str, str]) -> None:
    for connector in offer.connectors:
        if not 1 <= connector.api_version <= API_VERSION:
            raise _Refused(
                f"connector {connector.name} is made for plugin API {connector.api_version}; this kpiterm offers "
                f"{API_VERSION}", "upgrade kpiterm, or install an older version of the plugin",
            )  # fmt: skip
        if connector.name != candidate.name:
            raise _Refused(
                f"plugin {candidate.name} offers a connector named {connector.name}",
                f"name the entry point {connector.name!r}: accounts find their connector by it",
            )
    for key in _keys(offer):
        if key in taken:
            raise _Refused(
                f"{key} is already offered by the plugin {taken[key]}", "uninstall one of the two, or list the one to "
                f"use in {ONLY}",
            )  # fmt: skip


def _keys(offer: _Offer) -> list[str]:
    keys = [f"connector {c.name}" for c in offer.connectors] + [f"importer {i.kind}" for i in offer.importers]
    if doubled := [key for key in keys if keys.count(key) > 1]:
        raise _Refused(f"{doubled[0]} is offered twice by the plugin itself", "report this to the plugin's author")
    return keys


@contextlib.contextmanager
def _contained() -> Iterator[list[tuple[str, str]]]:
    """Run a plugin's code: whatever it raises, SystemExit included, ends up in the list as error and hint, and what it
    prints goes to stderr, since stdout is data."""
    problems: list[tuple[str, str]] = []
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield problems
    except KeyboardInterrupt:
        raise
    except _Refused as refusal:
        problems.append((str(refusal), refusal.hint))
    except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
        first_line = (str(error).splitlines() or [""])[0]
        problems.append((f"{type(error).__name__}: {first_line}".removesuffix(": "), ""))


def _status(
    candidate: _Candidate,
    state: Literal["ok", "failed", "disabled"],
    offer: _Offer | None = None,
    *,
    error: str = "",
    hint: str = "",
) -> PluginStatus:
    offer = offer or _Offer()
    return PluginStatus(
        name=candidate.name,
        state=state,
        distribution=candidate.distribution,
        version=candidate.version,
        error=error,
        hint=hint,
        connectors=tuple(c.name for c in offer.connectors),
        importers=tuple(i.kind for i in offer.importers),
        kpi_files=tuple(offer.kpi_files),
        hooks=offer.hooks,
    )


def _reinstall(candidate: _Candidate) -> str:
    return f"reinstall or upgrade {candidate.distribution or candidate.name}, or report this to its author"


def _missing(wanted: set[str] | None, found: set[str]) -> list[PluginStatus]:
    """A status for each name that was asked for and is not installed."""
    return [
        PluginStatus(name=name, state="failed", error="not installed", hint=_near(name, found))
        for name in sorted((wanted or set()) - found)
    ]


def _near(name: str, found: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(found), n=1)
    return f"did you mean {near[0]}?" if near else "install the package that ships it"


def _plugins(statuses: Sequence[PluginStatus], offers: Sequence[_Offer]) -> Plugins:
    return Plugins(
        statuses=tuple(statuses),
        connectors=MappingProxyType({c.name: c for offer in offers for c in offer.connectors}),
        importers=tuple(i for offer in offers for i in offer.importers),
        kpi_files=tuple(f for offer in offers for f in offer.kpi_files),
        listeners=tuple((offer.name, offer.listener) for offer in offers if offer.listener),
    )
