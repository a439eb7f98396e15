"""What libraries load or look for though nothing here uses it: a third of a short command's time."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def skip_unused() -> None:
    """Call it before DuckDB or httpx is used. A package that is really there is left alone."""
    absent = ["httpx._main"]  # httpx's own command, with click and rich: it does without where they are not installed
    if find_spec("pandas") is None:
        absent.append("pandas")  # DuckDB searches all of sys.path for it, twice a parameter
    for name in absent:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # how Python notes that there is no such module
