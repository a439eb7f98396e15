"""ZIP archives of exported files, as Walmart and others hand them out. Each file in one is imported by itself."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath

from kpiterm.plugins import DataError

MAX_FILES = 500
MAX_BYTES = 4 << 30
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE = {"[Content_Types].xml", "mimetype"}  # in every workbook and other document of an office program
_UNPACK = "unpack it, then import its files"
_AGAIN = "download it again"


def is_archive(path: Path) -> bool:
    """Whether the file is a ZIP archive of files, and no workbook."""
    try:
        with path.open("rb") as file:
            if not file.read(4).startswith(_MAGIC):
                return False
        with zipfile.ZipFile(path) as archive:
            return _OFFICE.isdisjoint(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def members(path: Path) -> list[zipfile.ZipInfo]:
    """The files in an archive; DataError, and nothing of it is read, where it is not harmless."""
    with _damage_named(path.name), zipfile.ZipFile(path) as archive:
        found = [member for member in archive.infolist() if not _is_clutter(member)]
    if not found:
        raise DataError(f"{path.name} is a ZIP archive without a file", hint=_AGAIN)
    if len(found) > MAX_FILES:
        raise DataError(f"{path.name} is a ZIP archive of {len(found):,} files", hint=_UNPACK)
    # What a member states is all that is ever unpacked of it.
    if sum(member.file_size for member in found) > MAX_BYTES:
        raise DataError(f"{path.name} unpacks to more than {MAX_BYTES >> 30} GB", hint="export a shorter span of days")
    if any(member.flag_bits & 1 for member in found):
        raise DataError(f"{path.name} is a ZIP archive that is protected by a password", hint=_UNPACK)
    if stray := [member.filename for member in found if _leads_out(member.filename)]:
        raise DataError(
            f"{path.name} holds a file named {stray[0]!r}, which would be written outside of its folder",
            hint="no platform exports such an archive: do not trust it",
        )
    return found


@contextmanager
def unpacked(path: Path, member: zipfile.ZipInfo, folder: Path) -> Iterator[Path]:
    """One file of an archive, under its own name and time of writing, for as long as it is needed."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        file = Path(own) / re.sub(r"[^\w.()+ -]", "_", PurePosixPath(member.filename).name)[-120:]
        with (
            _damage_named(f"{path.name}/{member.filename}"),
            zipfile.ZipFile(path) as archive,
            archive.open(member) as packed,
            file.open("wb") as target,
        ):
            shutil.copyfileobj(packed, target, 1 << 20)
        written = _written(member) or path.stat().st_mtime
        os.utime(file, (written, written))
        yield file


def _is_clutter(member: zipfile.ZipInfo) -> bool:
    """Folders, hidden files, and what macOS puts beside the files."""
    hidden = re.search(r"(^|/)\.[^./\\][^/]*$", member.filename)
    return member.is_dir() or member.filename.startswith("__MACOSX/") or hidden is not None


def _leads_out(name: str) -> bool:
    both = PurePosixPath(name), PureWindowsPath(name)
    return any(path.is_absolute() or path.anchor or ".." in path.parts for path in both)


def _written(member: zipfile.ZipInfo) -> float | None:
    """When the file was written, in this machine's time; None where the archive does not say."""
    try:
        found = datetime(*member.date_time)  # noqa: DTZ001 (archives hold local times)
    except ValueError:
        return None
    return found.timestamp() if found.year > 1980 else None


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError(f"{name} is damaged: {error}", hint=_AGAIN) from None
    except OSError as error:
        raise DataError(f"{name} cannot be unpacked: {error.strerror or error}", hint="check the disk") from None
