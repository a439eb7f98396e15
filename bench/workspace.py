"""A throw-away workspace whose accounts are the benchmark connectors against the shop."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench import admin_api, connector, shopify
from bench.measure import Cost, run
from bench.server import Shop
from kpiterm.config import Account, save_account
from kpiterm.paths import Paths
from kpiterm.secrets import variable

AMAZON_ACCOUNT, SHOPIFY_ACCOUNT = "bench-us", "bench-shop"
ROOT = Path(__file__).resolve().parent.parent
_PLUGINS = {connector.NAME: "bench.connector", shopify.NAME: "bench.shopify"}


@dataclass(frozen=True, slots=True)
class Workspace:
    """A home directory and the environment in which its commands run."""

    paths: Paths
    env: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        where = ["--home", str(self.paths.home), "--workspace", self.paths.workspace]
        return [sys.executable, "-m", "kpiterm", *where, *arguments]

    def ask(self, shop: Shop, start: datetime, end: datetime) -> None:
        """Declare the accounts so that a sync reads the orders that changed within the span."""
        span = {"from": start.isoformat(), "until": end.isoformat()}
        for name, plugin, settings in (
            (AMAZON_ACCOUNT, connector.NAME, shop.settings),
            (SHOPIFY_ACCOUNT, shopify.NAME, {"shop": admin_api.SHOP}),
        ):
            save_account(
                self.paths, Account(name=name, connector=plugin, sandbox=shop.url, settings={**settings, **span})
            )

    def sync(self, account: str, stream: str, start: datetime) -> tuple[Cost, dict[str, Any]]:
        """What `kpiterm sync` of one stream cost, and the run that it reported."""
        since = f"{start - timedelta(days=1):%Y-%m-%d}"  # the business day that holds `start` may have begun before it
        command = self.command("--json", "sync", account, "--stream", stream, "--since", since)
        cost, out = run(command, env=self.env)
        report: dict[str, Any] = json.loads(out)["runs"][0]
        return cost, report

    def clear(self) -> None:
        """An empty store; the accounts stay."""
        shutil.rmtree(self.paths.store, ignore_errors=True)


def workspace(home: Path, shop: Shop | None = None) -> Workspace:
    """A workspace under `home`; with a shop, its secrets are in the environment and the connectors are installed."""
    env = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}  # every machine has another one
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled already
    if shop:
        installed = home / "plugin"
        info = installed / "kpiterm_bench-0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kpiterm-bench\nVersion: 0\n")
        points = "".join(f"{name} = {module}\n" for name, module in _PLUGINS.items())
        (info / "entry_points.txt").write_text(f"[kpiterm]\n{points}")
        env["PYTHONPATH"] = os.pathsep.join((str(installed), str(ROOT)))
        env |= {variable(AMAZON_ACCOUNT, name): value for name, value in shop.secrets.items()}
        env[variable(SHOPIFY_ACCOUNT, "access_token")] = admin_api.TOKEN
    return Workspace(Paths(home, "bench"), env)
