"""Marks of written answers as a CSV file, out and in again. Reading one changes nothing unless it is applied."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homework.errors import UsageError
from homework.gradebook.tables import new_id
from homework.review.marks import Reviews, Wanted
from homework.review.rows import Row
from homework.review.rubric import Rubric
from homework.submission.answers import Answer
from homework.untrusted.text import printable, visible

HEADER = ("question", "key", "student", "version", "score", "max", "items", "comment", "group", "answer")
_LONGEST = 2_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# A spreadsheet takes these for numbers, dates and truth values, and saves 12345678e9 as 1.23E+16, and 1/2 as 02-Jan.
_NUMBER = re.compile(r"(?=\D*\d)[\d\s.,:/%e+-]+|true|false", re.IGNORECASE)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{round(value, 6):g}"


def _is_calculated(text: str) -> bool:
    """Whether a spreadsheet makes something else of a text."""
    return text.startswith(_FORMULA) or _NUMBER.fullmatch(text) is not None


def _quoted(text: str) -> str:
    return f"'{text}" if _is_calculated(text) else text


def _read(text: str) -> str:
    return text[1:] if text[:1] == "'" and _is_calculated(text[1:]) else text


def _items(row: Row) -> str:
    return "" if row.mark.items is None else ";".join(map(str, row.mark.items)) or "0"


def _line(
    reviews: Reviews, row: Row, answer: Answer, rubric: Rubric, group: str, name: bool
) -> dict[str, str]:
    text = visible(answer.source)
    text = f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text
    return {
        "question": row.question,
        "key": _quoted(reviews.answers.key(row.student)),
        "student": _quoted(row.student) if name else "",
        "version": _quoted(row.mark.version(answer.sha256)),
        "score": _shown(row.mark.score if row.mark.score is not None else row.mark.auto),
        "max": _shown(rubric.max),
        "items": _items(row),
        "comment": _quoted(row.mark.comment),
        "group": group,
        "answer": _quoted(text),
    }


def _lines(reviews: Reviews, names: bool) -> dict[tuple[str, str], tuple[Row, dict[str, str]]]:
    """Every answer's row and its line in the file, by question and key."""
    found = {}
    rows, _ = reviews.load()
    for question, rubric in reviews.rubrics().items():
        moved = {
            row.student: row.mark.group
            for row in rows.values()
            if row.mark.group is not None and row.question == question
        }
        answers = reviews.answers.to(question)
        for number, group in enumerate(reviews.answers.groups(question, moved), 1):
            for student in group.students:
                if row := rows.get((question, student)):
                    line = _line(reviews, row, answers[student], rubric, f"{number} {group.kind}", names)
                    found[question, reviews.answers.key(student)] = (row, line)
    return found


def export(reviews: Reviews, path: Path, *, names: bool = False) -> int:
    """Write all answers with their marks to `path`. Returns how many."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, lineterminator="\r\n")
    writer.writeheader()
    lines = _lines(reviews, names)
    writer.writerows(line for _, line in lines.values())
    try:
        path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    return len(lines)


@dataclass(frozen=True)
class Change:
    """One mark that a file changes."""

    row: Row
    wanted: Wanted
    said: str


def read(reviews: Reviews, path: Path, *, clear: bool = False) -> list[Change]:
    """The changes in a file that `export` wrote and a person edited.

    Raises UsageError, which names each line that cannot be taken with its reason: it is all or nothing.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8: save it as CSV UTF-8") from None
    head = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ","
    )
    if tuple(reader.fieldnames or ()) != HEADER:
        raise UsageError(f"{path}: line 1: the header must be {','.join(HEADER)}")
    lines, rubrics = _lines(reviews, names=False), reviews.rubrics()
    changes, problems, seen = [], [], set()
    for number, fields in _rows(reader, path):
        place = (fields["question"] or "", _read(fields["key"] or ""))
        try:
            if place not in lines:
                raise UsageError(f"there is no answer {printable(' '.join(place), 80)}")
            if place in seen:
                raise UsageError(f"{' '.join(place)} is in the file twice")
            seen.add(place)
            row, line = lines[place]
            if change := _change(fields, row, line, rubrics[place[0]], clear):
                changes.append(change)
        except UsageError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise UsageError(f"{path}: nothing was changed: " + "; ".join(problems))
    return changes


def _rows(reader: csv.DictReader[str], path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with the number of the line in which each ends, without the empty ones that spreadsheets leave."""
    try:
        for fields in reader:
            if any(value for value in fields.values()):
                yield reader.line_num, fields
    except csv.Error as error:
        raise UsageError(
            f"{path}: nothing was changed: after line {reader.line_num}: {error}; is a quotation mark not closed?"
        ) from None


def _change(
    fields: dict[str, str], row: Row, line: dict[str, str], rubric: Rubric, clear: bool
) -> Change | None:
    typed = {name: (fields.get(name) or "").strip() for name in ("score", "items")}
    comment = _read(fields.get("comment") or "")
    same = comment.replace("\r\n", "\n") == row.mark.comment
    answer, exported = (
        _read(text).replace("\r\n", "\n").strip() for text in (fields.get("answer") or "", line["answer"])
    )
    if answer != exported:
        raise UsageError("its answer is not the one that was exported; answers cannot be changed here")
    score = _score(typed["score"], rubric)
    unchanged = score == _score(line["score"], rubric) and typed["items"] == line["items"]
    if score is None and not clear and not typed["items"]:
        unchanged = True
    if unchanged and same:
        return None
    if _read(fields.get("version") or "") != _read(line["version"]):
        raise UsageError(
            f"a conflict: it was marked since the export: {line['score'] or 'no score'} now, "
            f"{typed['score'] or 'no score'} in the file"
        )
    items, adjust, note = row.mark.items, row.mark.adjust, ""
    if not unchanged:
        items, adjust, note = _decided(typed["items"], score, rubric, row.mark.items)
    free = comment.removeprefix(rubric.comment(items, "")).strip() if items else comment
    wanted = Wanted(
        items, adjust, free, row.mark.flagged, row.mark.group, clear and score is None and not items
    )
    after = line["score"]
    if not unchanged:  # an empty score is what the items give
        after = _shown(rubric.score(items, adjust) if score is None else score)
    moved = f"{line['score'] or '–'} → {after or '–'}" if after != line["score"] else "comment"
    return Change(row, wanted, f"{row.question}  {_read(line['key'])}  {moved}{note}")


def _score(text: str, rubric: Rubric) -> float | None:
    if not text:
        return None
    try:
        score = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        score = math.nan
    if not (math.isfinite(score) and 0 <= score <= rubric.max):
        raise UsageError(f"its score {text!r} is not a number from 0 to {rubric.max:g}")
    return score


def _decided(
    typed: str, score: float | None, rubric: Rubric, before: tuple[int, ...] | None
) -> tuple[tuple[int, ...] | None, float | None, str]:
    """The items of a line, and the adjustment if its score is not their sum."""
    known = {str(item.number) for item in rubric.active}
    parts = [part.strip() for part in typed.split(";") if part.strip() not in ("", "0")]
    if unknown := [part for part in parts if part not in known]:
        there = ", ".join(f"{item.number} ({item.points:g})" for item in rubric.active)
        raise UsageError(
            f"{rubric.question} has no item {unknown[0]!r}; its items, with their points, are {there}: write 1;2 for "
            "two of them, 0 for none"
        )
    items = tuple(sorted(map(int, parts))) if typed else None
    added, gone = set(items or ()) - set(before or ()), set(before or ()) - set(items or ())
    moved = [f"+item {number}" for number in sorted(added)] + [f"−item {number}" for number in sorted(gone)]
    said = f"  ({', '.join(moved)})" if moved else ""
    total = rubric.score(items, 0.0 if items is None else None)
    if score is None or total is None or abs(score - total) < 1e-9:
        return items, (0.0 if items is None and score is not None else None), said
    by = round(score - rubric.sum(items), 6)  # the sum may be more than the maximum, or less than 0
    return items, by, f"{said}  (adjusted by {by:+g})" if items else said


def apply(reviews: Reviews, changes: list[Change], grader: str) -> None:
    """Write the changes in one transaction. Each question's can be taken back by itself, on its page."""
    batches: dict[str, str] = {}
    with reviews.transaction() as connection:
        for change in changes:
            row, _ = reviews.locked(connection, change.row.question, change.row.student)
            if row.mark != change.row.mark:
                raise UsageError(f"{change.said}: it was marked meanwhile; nothing was changed")
            after = reviews.marked(row, change.wanted, reviews.rubric(connection, row.question))
            batch = batches.setdefault(row.question, new_id())
            reviews.put(connection, row, after, grader, batch, "mark")
