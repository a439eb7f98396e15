"""Makes the pictures of the README: the demo's shop, synced over HTTP as always, as the program itself draws it
(`make docs`)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kpiterm import __version__
from kpiterm.cli.commands.demo import prepare, shop_on_loopback, sync_command
from kpiterm.cli.main import global_options
from kpiterm.cli.pages import pages
from kpiterm.cli.session import Session
from kpiterm.paths import Paths
from kpiterm.tui.app import KpitermApp
from kpiterm.tui.feed import SnapshotFeed
from kpiterm.tui.screenshot import save_svg
from kpiterm.tui.sync_process import SyncProcess

PICTURES: Sequence[tuple[str, Sequence[tuple[str, str]]]] = (
    ("board.svg", [("1", "GMV growth")]),
    ("inventory.svg", [("3", "SKUs to order"), ("enter", "how the quantity adds up")]),
)
"""File, and the keys that lead to it with what is then to be seen."""


def main() -> None:
    session = Session.of(ArgumentParser(parents=[global_options()]).parse_args([]))
    with tempfile.TemporaryDirectory() as home, shop_on_loopback(180) as box:
        shop = replace(session, paths=Paths(Path(home), "demo"))
        environment = prepare(shop, box, 180)
        subprocess.run(sync_command(shop), env=environment, check=True)
        for name, steps in PICTURES:
            asyncio.run(save_svg(cockpit(shop), Path(__file__).with_name(name), (120, 40), steps))


def cockpit(shop: Session) -> KpitermApp:
    """The program on the shop, which nobody syncs."""
    feed = SnapshotFeed(lambda: shop.view(None), shop.paths.current, pages=pages(shop))
    return KpitermApp(feed=feed, sync=SyncProcess([sys.executable]), workspace="demo", version=__version__)


if __name__ == "__main__":
    main()
