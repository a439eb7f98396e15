"""What `kpiterm plugins check` looks at besides a project's own tests: pytest runs this file in a child process."""

from __future__ import annotations

import os

import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.errors import ConfigError
from kpiterm.plugins.manager import load
from kpiterm.plugins.testing import ConnectorContract

VARIABLE = "KPITERM_KIT"
_NAMES = os.environ.get(VARIABLE, "").split()


@pytest.mark.parametrize("name", _NAMES)
def test_loads_as_a_plugin(name: str) -> None:
    (status,) = (status for status in load({name}).statuses if status.name == name)
    assert status.state == "ok", f"{status.error}: {status.hint}"


@pytest.mark.parametrize("name", _NAMES)
def test_brings_kpi_files_that_can_be_read(name: str) -> None:
    if not (files := load({name}).kpi_files):
        pytest.skip("it brings none")
    try:
        load_catalogue(None, files)
    except ConfigError as error:
        pytest.fail(f"{error.message}: {error.hint}")


for _connector in load(_NAMES).connectors.values() if _NAMES else ():
    _class = f"TestBare{_connector.name.title().replace('-', '').replace('_', '')}"
    globals()[_class] = type(_class, (ConnectorContract,), {"connector": _connector})
