"""The encoding of a flat file: the header's word, else what its bytes allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpiterm.plugins import Download
from kpiterm_amazon.encodings import encoding


@pytest.mark.parametrize(
    ("body", "charset", "marketplace", "expected"),
    [
        ("Größe".encode("cp1252"), "Cp1252", "DE", "cp1252"),
        ("Größe".encode("cp1252"), None, "DE", "cp1252"),
        ("Größe".encode("cp1252"), "UTF-8", "DE", "cp1252"),
        ("Größe".encode(), None, "DE", "utf-8-sig"),
        ("\ufeffGröße".encode(), "utf-8", "DE", "utf-8-sig"),
        ("返品".encode("cp932"), "windows-31j", "JP", "cp932"),
        ("返品".encode("cp932"), None, "JP", "cp932"),
        ("Größe".encode(), "no-such-charset", "DE", "utf-8-sig"),
        (b"", None, "US", "utf-8-sig"),
    ],
)
def test_encoding(tmp_path: Path, body: bytes, charset: str | None, marketplace: str, expected: str) -> None:
    path = tmp_path / "document"
    path.write_bytes(body)
    assert encoding(Download(path, charset, len(body)), marketplace) == expected


def test_a_character_cut_by_a_block_is_still_utf8(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(b"a" * ((1 << 20) - 1) + "ß".encode())
    assert encoding(Download(path, None, path.stat().st_size), "US") == "utf-8-sig"
