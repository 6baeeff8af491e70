"""Tables as learning management systems and spreadsheets save them: read as text, or cut into fields unchanged."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path

from homework.errors import UsageError

SHORTENED = re.compile(
    r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE
)  # a long number, as spreadsheets show and save it


def letters(name: str) -> str:
    """What is left of a name that every system writes in its own way: letters and digits, NFC, without case."""
    return "".join(
        char for char in unicodedata.normalize("NFC", name).casefold() if char.isalpha() or char.isdecimal()
    )


def read_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and rows of a CSV file. Raises UsageError.

    A byte-order mark, UTF-16, Windows' encoding, semicolons and tabs are what Excel writes; `="0017"` is how Canvas
    keeps leading zeros. A row has every column, and "" where its line is shorter.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if data[:4] == b"PK\x03\x04" or "\0" in text:
        raise UsageError(f"{path} is not a text file: save it as CSV")
    text = re.sub(r"\A\ufeff?\s*sep=.\r?\n", "", text)  # which tells Excel the separator
    try:
        lines = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator(text)) if any(row)
        ]
    except csv.Error as error:
        raise UsageError(f"{path} cannot be read as CSV: {error}") from None
    columns = [_plain(name) for name in lines[0]] if lines else []
    rows = []
    for line in lines[1:]:
        fields = [*map(_plain, line), *[""] * len(columns)]
        rows.append({name: fields[i] for i, name in reversed(list(enumerate(columns)))})
    return columns, rows


def _plain(field: str) -> str:
    field = field.strip()
    if field.startswith('="') and field.endswith('"'):
        field = field[2:-1].strip()
    return field


def separator(text: str) -> str:
    """What separates the fields of a table: the most frequent of comma, semicolon and tab in its first line."""
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def records(text: str, mark: str) -> list[list[str]]:
    """The fields of a CSV file as they are written; the last field of a record keeps its line end."""
    found: list[list[str]] = [[]]
    start, quoted, position = 0, False, 0
    while position < len(text):
        char = text[position]
        if char == '"' and quoted and text[position + 1 : position + 2] == '"':
            position += 1
        elif char == '"' and (quoted or position == start):
            quoted = not quoted
        elif not quoted and char == mark:
            found[-1].append(text[start:position])
            start = position + 1
        elif not quoted and char == "\n":
            found[-1].append(text[start : position + 1])
            found.append([])
            start = position + 1
        position += 1
    if start < len(text):
        found[-1].append(text[start:])
    return [record for record in found if record]


def value(raw: str) -> str:
    """What a field as it is written says."""
    raw = raw.rstrip("\r\n")
    if len(raw) > 1 and raw[0] == raw[-1] == '"':
        return raw[1:-1].replace('""', '"').strip()
    return raw.strip()


def put(record: list[str], index: int, text: str, mark: str = ",") -> None:
    """Replace what one field says, and keep its line end."""
    end = record[index][len(record[index].rstrip("\r\n")) :]
    quoted = record[index].startswith('"') or any(char in text for char in (",", mark, '"', "\n", "\r"))
    escaped = text.replace('"', '""')
    record[index] = (f'"{escaped}"' if quoted else text) + end
