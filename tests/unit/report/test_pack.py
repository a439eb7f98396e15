from __future__ import annotations

from typing import Any

import pytest

from kpiterm.errors import UsageError
from kpiterm.report.pack import read_pack, stem, text


def test_a_pack_comes_back_from_its_file(pack: dict[str, Any]) -> None:
    assert read_pack(text(pack), "p.json") == pack
    assert stem(pack) == "monthly-2026-10"


@pytest.mark.parametrize("change", ['"0.2604"', '"13074.29"', '"Seller Ltd"'])
def test_a_changed_character_is_found(pack: dict[str, Any], change: str) -> None:
    forged = text(pack).replace(change, change.replace("0", "1").replace("S", "T"), 1)
    with pytest.raises(UsageError, match=r"p\.json: was changed after it was frozen"):
        read_pack(forged, "p.json")


@pytest.mark.parametrize("content", ["", "[]", '{"v":1}', '{"v":2,"kind":"monthly"}'])
def test_another_file_is_refused_by_name(content: str) -> None:
    with pytest.raises(UsageError, match=r"other\.json"):
        read_pack(content, "other.json")
