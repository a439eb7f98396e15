"""ZIP files with tables in them, as Walmart hands out reports."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from kpiterm.plugins import DataError
from kpiterm_walmart.faults import said

MAGIC = b"PK"
MOST_BYTES = 2 << 30
_AGAIN = "nothing of it was stored; the next sync downloads it again"


@contextmanager
def table(source: bytes | Path, what: str) -> Iterator[IO[bytes]]:
    """The one table of an archive. DataError where it is none: Walmart sends errors with status 200, in XML or JSON."""
    head = source[:65536] if isinstance(source, bytes) else _head(source)
    if not head.startswith(MAGIC):
        raise DataError(f"{what} is no ZIP file; Walmart says: {said(head) or 'nothing'}", hint=_AGAIN)
    try:
        with (
            zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source) as archive,
            archive.open(_only_member(archive, what)) as file,
        ):
            yield file
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DataError(f"{what} is a damaged ZIP file: {error}", hint=_AGAIN) from None


def extract(source: Path, what: str) -> Path:
    """The archive's table in a file of its own, beside it; the archive is removed."""
    try:
        with table(source, what) as file, tempfile.NamedTemporaryFile(dir=source.parent, delete=False) as target:
            shutil.copyfileobj(file, target)
        return Path(target.name)
    finally:
        source.unlink()


def _only_member(archive: zipfile.ZipFile, what: str) -> zipfile.ZipInfo:
    files = [member for member in archive.infolist() if not member.is_dir() and not member.filename.startswith("__")]
    if len(files) != 1:
        raise DataError(f"{what} holds {len(files)} files instead of one", hint="report this: the format has changed")
    if files[0].file_size > MOST_BYTES:
        raise DataError(f"{what} unpacks to more than {MOST_BYTES >> 30} GiB", hint="ask for a shorter span of days")
    return files[0]


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(65536)
