"""`python -m kpiterm`, and the console script."""

from __future__ import annotations

import sys


def main() -> int:
    from kpiterm.cli.main import run

    code = run(sys.argv[1:])
    if "kpiterm.tui.feed" in sys.modules:
        from kpiterm.tui.feed import end_with

        end_with(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
