"""The questions, as they stand in `queries/`: none of them names a field of a customer."""

from __future__ import annotations

import json
from importlib.resources import files


def load(name: str) -> str:
    """The text of `queries/<name>.graphql`."""
    return files(__package__).joinpath("queries", f"{name}.graphql").read_text("utf-8")


def searching(query: str, search: str) -> str:
    """A bulk query with its search filled in: bulk operations take no variables."""
    return query.replace('"SEARCH"', json.dumps(search))
