"""The commented files that `kpiterm init` lays out for a person to fill in."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from kpiterm.paths import private_dir

if TYPE_CHECKING:
    from pathlib import Path

    from kpiterm.paths import Paths


def write_templates(paths: Paths) -> list[Path]:
    """Write the templates of all files where there are none yet; returns the files written."""
    private_dir(paths.root)
    targets = {
        "template.toml": paths.config,
        "contract_template.toml": private_dir(paths.contracts) / "contract.toml",
        "kpi_template.toml": private_dir(paths.kpis) / "kpis.toml",
        "alerts_template.toml": paths.alerts,
        "supply_template.toml": paths.root / "supply.toml",
        "products_template.csv": private_dir(paths.root / "supply") / "products.csv",
        "compliance_template.toml": paths.compliance,
    }
    return [file for name, file in targets.items() if _write_new(file, name)]


def _write_new(file: Path, name: str) -> bool:
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write((files("kpiterm.config") / name).read_text(encoding="utf-8"))
    except FileExistsError:
        return False
    return True
