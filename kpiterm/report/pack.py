"""The frozen document of a pack: every figure that it tells, in no language, with one fingerprint over all of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

from kpiterm.analysis.contract.document import canonical, fingerprint
from kpiterm.errors import UsageError

Kind = Literal["weekly", "monthly", "onboarding", "handover"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Pack = Mapping[str, Any]


def frozen(content: Mapping[str, object]) -> dict[str, Any]:
    """The document with its version and fingerprint; whoever has the file can check that it is unchanged."""
    document = {"v": 1, **content}
    # As its file holds it, order of keys included: it is told from there as well.
    return cast("dict[str, Any]", json.loads(canonical({**document, "hash": fingerprint(document)})))


def text(pack: Pack) -> str:
    """The bytes of a pack's file."""
    return canonical(pack) + "\n"


def read_pack(content: str, name: str) -> dict[str, Any]:
    """A pack from its file. UsageError where it is none, or is not what its fingerprint was taken of."""
    try:
        found = json.loads(content)
    except ValueError as error:
        raise UsageError(f"{name}: not JSON: {error}", hint="name the .json file of a pack") from None
    if not isinstance(found, dict) or found.get("v") != 1 or found.get("kind") not in KINDS:
        raise UsageError(f"{name}: no review pack", hint="name the .json file that `kpiterm report` wrote")
    if fingerprint(found) != found.get("hash"):
        raise UsageError(
            f"{name}: was changed after it was frozen: its content does not have the hash {found.get('hash')}",
            hint="ask for the original file, or make the pack again with `kpiterm report`",
        )
    return cast("dict[str, Any]", found)


def stem(pack: Pack) -> str:
    """What its files are called: `monthly-2026-10`."""
    return f"{pack['kind']}-{pack['period']['label']}"
