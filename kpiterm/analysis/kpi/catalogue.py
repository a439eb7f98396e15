"""All KPI definitions in force: the built-in ones, those of plugins, and the workspace's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from kpiterm.analysis.kpi.definition import Definition
from kpiterm.analysis.kpi.parse import check_references, read_kpis
from kpiterm.errors import ConfigError

Catalogue = Mapping[str, Definition]


def load_catalogue(folder: Path | None = None, plugin_files: Iterable[Path] = ()) -> Catalogue:
    """Definitions by id, in catalogue order. A later file replaces a KPI only with a higher version.

    `folder` is the workspace's `kpis/`; `plugin_files` come from the hook `kpiterm_kpi_files`.
    """
    known: dict[str, Definition] = {}
    _add(known, _built_in())
    own = sorted(folder.glob("*.toml")) if folder and folder.is_dir() else []
    for file in (*plugin_files, *own):
        _add(known, read_kpis(file))
    for definition in known.values():
        if fault := check_references(definition, known):
            raise ConfigError(f"{definition.origin}: kpi.{definition.id}.{fault[0]}", hint=fault[1])
    return known


def readable(plugin_files: Iterable[Path]) -> tuple[list[Path], dict[Path, ConfigError]]:
    """The plugins' files that hold together, and what is wrong with each of the others: a mistake of a plugin must not
    stop the board."""
    left, faults = list(plugin_files), dict[Path, ConfigError]()
    while True:
        try:
            load_catalogue(None, left)
        except ConfigError as error:
            guilty = next((file for file in left if error.message.startswith(f"{file}: ")), None)
            if guilty is None:
                raise
            faults[guilty] = error
            left.remove(guilty)
        else:
            return left, faults


@cache
def _built_in() -> tuple[Definition, ...]:
    with as_file(files("kpiterm.analysis.kpi") / "data" / "kpis.toml") as file:
        return tuple(read_kpis(file, "built in"))


def _add(known: dict[str, Definition], definitions: Iterable[Definition]) -> None:
    for new in definitions:
        old = known.get(new.id)
        if old and new.version <= old.version:
            raise ConfigError(
                f"{new.origin}: kpi.{new.id}.version: {new.version}, but version {old.version} is known ({old.origin})",
                hint=f"to replace it write version = {old.version + 1}, or choose another id",
            )
        known[new.id] = new
