"""The hooks a plugin may implement. They exchange frozen values; no host object is ever passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kpiterm.plugins.model import Connector, Importer, SyncReport

hookspec = pluggy.HookspecMarker("kpiterm")
hookimpl = pluggy.HookimplMarker("kpiterm")


@hookspec
def kpiterm_connectors() -> Iterable[Connector]:  # type: ignore[empty-body]
    """The connectors that this plugin ships."""


@hookspec
def kpiterm_importers() -> Iterable[Importer]:  # type: ignore[empty-body]
    """Readers of exported files; content alone decides which one takes a file."""


@hookspec
def kpiterm_kpi_files() -> Iterable[Path]:  # type: ignore[empty-body]
    """TOML files with further KPI definitions."""


@hookspec
def kpiterm_sync_finished(report: SyncReport) -> None:
    """Called once after every sync with what it did; raising here harms nobody else."""
