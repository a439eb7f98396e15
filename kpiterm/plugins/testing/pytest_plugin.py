"""Fixtures for authors of connectors. Imports nothing heavy, since pytest loads it in every run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kpiterm.plugins import Connector, Context
    from kpiterm.plugins.testing.host import Host

pytest.register_assert_rewrite("kpiterm.plugins.testing.declarations", "kpiterm.plugins.testing.fetching")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("kpiterm").addoption(
        "--kpiterm-contract", action="store_true", help="run only the inherited contract of kpiterm connectors"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--kpiterm-contract"):
        from kpiterm.plugins.testing.contract import ConnectorContract

        items[:] = [item for item in items if issubclass(getattr(item, "cls", None) or object, ConnectorContract)]


@pytest.fixture
def kpiterm_context(tmp_path: Path) -> Callable[..., Context]:
    """`kpiterm.plugins.testing.make_context` with the test's own directory: give it a connector and a handler."""
    from kpiterm.plugins.testing.host import make_context

    return partial(make_context, tmp_path=tmp_path)


@pytest.fixture
def kpiterm_host(tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """Makes a `kpiterm.plugins.testing.Host` in the test's own directory, from a connector and what else it takes."""
    from kpiterm.plugins.testing.host import Host

    made: list[Host] = []

    def make(connector: Connector, **how: object) -> Host:
        made.append(Host(connector=connector, directory=tmp_path, **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for host in made:
        host.close()
