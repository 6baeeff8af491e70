"""What is in an archive of a class: names that are safe to look at, and the content of one entry at a time.

Theory of operation. A student chooses the names and contents of entries, so an entry that is odd is refused, by itself,
and the rest is read. Sizes in the archive's directory are claims: bytes are counted while they are read. Nothing is
unpacked, and no name becomes a path.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from homework.errors import UsageError
from homework.submission.choose import files_below, is_hidden

MOST_ENTRIES = 20_000
_OF_SYSTEMS = ("thumbs.db", "desktop.ini")
_DRIVE = re.compile(r"[A-Za-z]:")
# An entry of a zip file's directory, up to its name: flags, sizes, lengths, and where its content is.
_DIRECTORY = struct.Struct("<4s4xH10xIIHHH8xI")
_END = struct.Struct("<12xI6x")  # what follows the directory: its length
# What archives of other kinds begin with.
_KINDS = {
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x1f\x8b": "a gzip or tar.gz archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"(\xb5/\xfd": "a zstd archive",
}


@dataclass(frozen=True)
class Entry:
    """One file of an archive. `problem` is why it is refused, or ""."""

    name: str
    place: int | Path
    problem: str = ""

    @property
    def parts(self) -> list[str]:
        """Its folders and its name."""
        return self.name.split("/")

    @property
    def ignored(self) -> bool:
        """Whether it is an operating system's, such as `__MACOSX/._hw1.ipynb`."""
        return any(is_hidden(part) or part.casefold() in _OF_SYSTEMS for part in self.parts if part != "..")


class Archive:
    """A zip file or a folder with the files of a class."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile | None) -> None:
        self._path, self._zip = path, zipped
        self.entries = list(self._zipped(zipped) if zipped else self._files())
        if len(self.entries) > MOST_ENTRIES:
            raise UsageError(f"{path} has more than {MOST_ENTRIES} files: it is not the archive of a class")
        if not self.entries:
            raise UsageError(f"{path} is empty")

    @classmethod
    @contextmanager
    def at(cls, path: Path) -> Iterator[Archive]:
        """Open an archive. Raises UsageError for what is none."""
        if path.is_dir():
            yield cls(path, None)
            return
        try:
            with path.open("rb") as file:
                head = file.read(1024)
            zipped = _opened(path)
        except FileNotFoundError:
            raise UsageError(f"{path} does not exist") from None
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from None
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as error:
            raise UsageError(_what_else(path, head, str(error))) from None
        with zipped:
            yield cls(path, zipped)

    def _files(self) -> Iterator[Entry]:
        for entry in sorted(files_below(self._path), key=lambda one: Path(one.path)):
            path = Path(entry.path)
            problem = "" if entry.is_file(follow_symlinks=False) else "it is not a regular file"
            problem = "it is a link" if entry.is_symlink() else problem
            yield Entry(path.relative_to(self._path).as_posix(), path, problem)

    @staticmethod
    def _zipped(zipped: zipfile.ZipFile) -> Iterator[Entry]:
        infos = zipped.infolist()
        names = [_name(info) for info in infos]
        if all("\\" in name and "/" not in name for name in names):  # as programs of Windows separate folders
            names = [name.replace("\\", "/") for name in names]
        times = Counter(names)
        for number, (info, name) in enumerate(zip(infos, names, strict=True)):
            problem = _problem(info, name)
            if name.endswith("/") and not problem:
                continue
            if times[name] > 1:
                problem = problem or "the archive has it twice"
            yield Entry(name, number, problem)

    def read(self, entry: Entry, most: int) -> bytes | str:
        """The content of an entry of at most `most` bytes, or why it is refused."""
        try:
            if self._zip is None:
                with Path(str(entry.place)).open("rb") as file:
                    data = file.read(most + 1)
            else:
                assert isinstance(entry.place, int)
                zipped = self._zip
                with zipped.open(zipped.infolist()[entry.place]) as packed:
                    data = packed.read(most + 1)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error) as error:
            return f"it is damaged: {error}"
        except (RuntimeError, NotImplementedError) as error:  # a method of packing that Python does not know
            return f"it cannot be unpacked: {error}"
        except Exception as error:  # lzma and bz2 have their own; one entry must not stop the class
            return f"it is damaged: {type(error).__name__}: {error}"
        return data if len(data) <= most else f"it is larger than {most / (1 << 20):.3g} MiB"


def _what_else(path: Path, head: bytes, error: str) -> str:
    """What a file is that is not a zip file, and what to do."""
    kind = next((kind for start, kind in _KINDS.items() if head.startswith(start)), "")
    kind = "a tar archive" if head[257:262] == b"ustar" else kind
    if kind:
        return f"{path} is {kind}, not a zip file: unpack it, and give the folder in its place"
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        return f"{path} is a web page, perhaps a login page: download the archive again, while logged in"
    if not head:
        return f"{path} is empty: download it again"
    if head.startswith(b"PK"):
        return f"{path} begins like a zip file and ends too early, or it is damaged: download it again"
    return f"{path} is neither a zip file nor a folder: {error}"


def _problem(info: zipfile.ZipInfo, name: str) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
    if "\0" in name:
        return "there is a NUL in its name"
    if "\\" in name:
        return "there is a backslash in its name"
    if name.startswith("/"):
        return "its path is absolute"
    if _DRIVE.match(name):
        return "its path begins with a drive"
    if ".." in name.split("/"):
        return "its path leads out of the archive (..)"
    if info.flag_bits & 1:
        return "it is encrypted"
    if kind == stat.S_IFLNK:
        return "it is a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is not a regular file"
    return ""


def _name(info: zipfile.ZipInfo) -> str:
    """An entry's name before Python shortens it. Without the flag it is UTF-8 if it can be, else code page 437."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name


def _opened(path: Path) -> zipfile.ZipFile:
    """Open a zip file, also one with an entry for whose sake Python refuses all of it.

    Such are a name that is said to be UTF-8 and is not, and damaged extra fields, which only hold dates, owners or, in
    huge archives, sizes. What an entry holds is still compared with its checksum.
    """
    try:
        return zipfile.ZipFile(path)
    except (UnicodeDecodeError, zipfile.BadZipFile):
        data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\5\6")
    place = end - _END.unpack_from(data, end)[0] if 0 <= end <= len(data) - _END.size else -1
    while 0 <= place <= len(data) - _DIRECTORY.size and data[place : place + 4] == b"PK\1\2":
        _, flags, packed, size, length, extra, comment, offset = _DIRECTORY.unpack_from(data, place)
        start = place + _DIRECTORY.size
        try:
            data[start : start + length].decode("utf-8")
        except UnicodeDecodeError:
            struct.pack_into("<H", data, place + 8, flags & ~0x800)
            if data[offset : offset + 4] == b"PK\3\4":
                struct.pack_into("<H", data, offset + 6, flags & ~0x800)
        start += length
        if _is_damaged(bytes(data[start : start + extra]), (packed, size, offset).count(0xFFFFFFFF)):
            struct.pack_into("<HH", data, start, 0xFFFF, extra - 4)  # one field, which means nothing
        place = start + extra + comment
    return zipfile.ZipFile(io.BytesIO(data))


def _is_damaged(extra: bytes, large: int) -> bool:
    """Whether an entry's extra fields do not fit in their bytes. `large`: how many numbers are in the one for zip64."""
    at = 0
    while at <= len(extra) - 4:
        kind, length = struct.unpack_from("<HH", extra, at)
        at += 4 + length
        if at > len(extra) or (kind == 1 and length < 8 * large):
            return True
    return False
