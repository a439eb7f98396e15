"""A throw-away workspace whose one account is the benchmark connector against the shop."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.connector import NAME
from bench.measure import Cost, run
from bench.server import Shop
from kpiterm.config import Account, save_account
from kpiterm.paths import Paths
from kpiterm.secrets import variable

ACCOUNT = "bench-us"
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Workspace:
    """A home directory and the environment in which its commands run."""

    paths: Paths
    env: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        where = ["--home", str(self.paths.home), "--workspace", self.paths.workspace]
        return [sys.executable, "-m", "kpiterm", *where, *arguments]

    def ask(self, shop: Shop, start: datetime, end: datetime) -> None:
        """Declare the account so that a sync reads the orders that changed within the span."""
        span = {"from": start.isoformat(), "until": end.isoformat()}
        save_account(
            self.paths, Account(name=ACCOUNT, connector=NAME, sandbox=shop.url, settings={**shop.settings, **span})
        )

    def sync(self, stream: str, start: datetime) -> tuple[Cost, dict[str, Any]]:
        """What `kpiterm sync` of one stream cost, and the run that it reported."""
        since = f"{start - timedelta(days=1):%Y-%m-%d}"  # the business day that holds `start` may have begun before it
        cost, out = run(self.command("--json", "sync", "--stream", stream, "--since", since), env=self.env)
        report: dict[str, Any] = json.loads(out)["runs"][0]
        return cost, report

    def clear(self) -> None:
        """An empty store; the account stays."""
        shutil.rmtree(self.paths.store, ignore_errors=True)


def workspace(home: Path, shop: Shop | None = None) -> Workspace:
    """A workspace under `home`; with a shop, its secrets are in the environment and the connector is installed."""
    env = dict(os.environ)
    if shop:
        installed = home / "plugin"
        info = installed / "kpiterm_bench-0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kpiterm-bench\nVersion: 0\n")
        (info / "entry_points.txt").write_text(f"[kpiterm]\n{NAME} = bench.connector\n")
        env["PYTHONPATH"] = os.pathsep.join((str(installed), str(_ROOT)))
        env |= {variable(ACCOUNT, name): value for name, value in shop.secrets.items()}
    return Workspace(Paths(home, "bench"), env)
