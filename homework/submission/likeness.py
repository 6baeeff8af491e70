"""The texts of a release, and what in a student's text is one of them.

Theory of operation. Editors, converters and people change the texts of a release: they wrap lines, drop a blank, merge
cells, correct a word. So texts are compared line by line, by their words alone, and a line that is still the release's
is not the student's. When in doubt a line is the student's: then a person looks at it. Texts are searched, never
parsed, and all work is in proportion to what was handed in.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise

from homework.course.cells import is_question_cell, task_of
from homework.submission.template import Template
from homework.untrusted.embedded import BADGE

_LONGEST_COMPARED = 600  # characters of a line that is compared word by word
_LONGEST_SEARCHED = 50_000  # characters of an answer
_MOST_COMPARED = 60  # lines of a cell
_ALIKE = 0.75
_FEW = 6  # words; a shorter text is not recognized by its words
_SENTENCE = 8  # words
_MOSTLY = 0.8  # of what a line consists of
_PUNCTUATION = ".,;:!?()[]\"'“”‘’*_`"
_REPEATED = 4  # words; a shorter line that is a part of the release may well be the student's

_LABEL = re.compile(r"#+\s*\(?(\d+(?:\.\d+)*|[A-Za-z]{1,3})(?:[).:]|(?<=\d)\s)")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_LINKED = re.compile(r"!\[[^\[\]\n]{0,200}+\]\(([^()\s]{0,1000}+)\)(?:\]\([^()\s]{0,500}+\))?")
# After a backslash none begins: otherwise each of many would be read to the end of the line.
_STRING = r"(?<!\\)(?:'(?:[^'\\\n]|\\.)*+'|\"(?:[^\"\\\n]|\\.)*+\")"
_CODE = re.compile(r"'''|\"{3}|#[^\n]*|" + _STRING)
_REMARK = re.compile(r"'{3}[\s\S]*?'{3}|\"{3}[\s\S]*?\"{3}|#[^\n]*|" + _STRING)
# What a cell consists of, besides the strings, that only shows texts and pictures.
_SHOWING = re.compile(
    r"^[ \t]*(?:from|import)[ \t][\w ,.]*|^[ \t]*\w+[ \t]*=(?!=)|%matplotlib[^\n]*|[\s()+,;.]|"
    r"\b(?:print|input|display|Markdown|HTML|Latex|Math|Image|SVG|open|plt|imshow|imread|show|axis|[rRbBfFuU]{1,2})\b",
    re.MULTILINE,
)
_TEXT_MAGIC = re.compile(r"\s*%%(?:markdown|latex|html)\b[^\n]*\n")


def words_of(line: str) -> str:
    """`line` as words alone, in lower case: what is left of it in every editor."""
    return re.sub(r"[\W_]+", " ", line).strip().casefold()


def says_something(text: str) -> bool:
    """Whether a text has words outside of HTML tags, signs that no keyboard has, or a picture that is no badge."""
    text = _LINKED.sub(lambda found: " " if BADGE.search(found[1]) else found[0], text)
    return bool(words_of(_TAG.sub(" ", text))) or "![" in text or any(map(_is_sign, set(text)))


def _is_sign(char: str) -> bool:
    """Whether a character says something without being a letter: an arrow, a symbol of mathematics, an emoji."""
    return not char.isascii() and unicodedata.category(char)[0] == "S"


def prose_in_code(source: str) -> str:
    """The text in a code cell that is prose rather than code, such as an answer in comments; "" if it is code."""
    if magic := _TEXT_MAGIC.match(source):
        return source[magic.end() :]
    beginning = source[:_LONGEST_SEARCHED]
    code = _CODE.sub(" ", beginning)
    if code.strip():
        return source if _reads_as_prose(code) else _shown(beginning)
    lines = [line.lstrip().removeprefix("#").removeprefix(" ") for line in source.splitlines()]
    text = "\n".join(lines)
    return text if _reads_as_prose(text[:_LONGEST_SEARCHED]) else ""


def shows_only(source: str) -> bool:
    """Whether a code cell does nothing but show texts and pictures, as by `print("...")` or `Image("sketch.png")`."""
    return not _SHOWING.sub("", _CODE.sub(" ", source[:_LONGEST_SEARCHED]))


def _shown(source: str) -> str:
    """The strings in a code cell that does nothing but show them, if they are prose; else ""."""
    if not shows_only(source):
        return ""
    text = "\n\n".join(found[1:-1] for found in re.findall(_STRING, source))
    return text if _reads_as_prose(text) else ""


def remarks(source: str) -> str:
    """The comments of code and what it says in strings, with a line for each; a single word is no remark."""
    found = _REMARK.findall(source[:_LONGEST_SEARCHED])
    return "\n".join(
        one.strip("'\"# \t\n")
        for one in found
        if one.startswith("#") or len(words_of(one).split()) >= _REPEATED
    )


def only_comments(source: str) -> bool:
    """Whether a code cell has no line of code."""
    return all(line.lstrip().startswith("#") for line in source.splitlines() if line.strip())


def sentences(shown: str) -> str:
    """The lines of what a cell displayed that are sentences rather than numbers, tables and records of a training."""
    found = []
    for line in _TAG.sub(" ", shown).splitlines():
        words = [word for word in (part.strip(_PUNCTUATION) for part in line.split()) if word]
        plain = sum(word.isalpha() or "'" in word or "-" in word[1:] for word in words)
        if plain >= _SENTENCE and plain >= _MOSTLY * len(words) and _reads_as_prose(line):
            found.append(line.strip())
    return "\n".join(found)


def _reads_as_prose(text: str) -> bool:
    """Whether names follow one another without anything between them, as they cannot in code."""
    pairs = 0
    for line in text.splitlines():
        names = re.findall(r"[^\W\d_]{2,}(?= |$)|\S+", line)
        free = [name.isalpha() and not keyword.iskeyword(name) for name in names]
        pairs += sum(one and other for one, other in pairwise(free))
    return pairs >= 2


class ReleasedText:
    """One text cell of a release."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        lines = [line for line in source.splitlines() if line.strip()]
        first = lines[0].strip() if lines else ""
        self.heading = words_of(first) if first.startswith("#") else ""
        label = _LABEL.match(first)
        self.label = label[1] if label else ""
        self.lines = {words_of(line) for line in lines} - {""}
        self.joined = f" {' '.join(filter(None, map(words_of, lines)))} "

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words."""
        return frozenset(self.joined.split())

    def added(self, text: str) -> str:
        """The lines of `text` that are not this one's; "" if they say nothing. All of a text that is far too long."""
        if len(text) > _LONGEST_SEARCHED:
            return text
        left = _MOST_COMPARED
        own = []
        for line in text.splitlines():
            words = words_of(line)
            if words and self._has(words):
                continue
            if words and left > 0 and len(words) <= _LONGEST_COMPARED:
                left -= 1
                if self._has_nearly(words):
                    continue
            own.append(line)
        added = "\n".join(own).strip("\n")
        return added if says_something(added) else ""

    def _has(self, words: str) -> bool:
        return words in self.lines or (words.count(" ") >= _REPEATED - 1 and f" {words} " in self.joined)

    def _has_nearly(self, words: str) -> bool:
        """Whether a line differs from one of these by a corrected word or two. What was inserted is the student's."""
        its = words.split()
        for line in self.lines:
            ours = line.split()
            if abs(len(ours) - len(its)) > 2 or len(ours) < _REPEATED:
                continue
            changes = [
                change
                for change in SequenceMatcher(None, ours, its, autojunk=False).get_opcodes()
                if change[0] != "equal"
            ]
            if len(changes) <= 2 and all(
                1 <= end - start <= 2 and new_end - new <= end - start
                for _, start, end, new, new_end in changes
            ):
                return True
        return False


class ReleasedTexts:
    """The text cells of a release that are not answers."""

    def __init__(self, template: Template) -> None:
        self.by_name = {
            form.name: ReleasedText(form.name, form.source)
            for form in template.cells
            if form.kind == "markdown" and not template.is_solution(form.name)
        }
        headings: dict[str, list[str]] = {}
        for text in self.by_name.values():
            if text.heading:
                headings.setdefault(text.heading, []).append(text.name)
        self._by_heading = {heading: names[0] for heading, names in headings.items() if len(names) == 1}
        self._asked = {task_of(name): text for name, text in self.by_name.items() if is_question_cell(name)}

    def sections(self, text: str) -> list[tuple[str, str]]:
        """`text`, cut at each line that is a heading of the release: names ("" before the first) and texts."""
        found: list[tuple[str, list[str]]] = [("", [])]
        for line in text.splitlines(keepends=True):
            name = self._by_heading.get(words_of(line)) if len(line) <= _LONGEST_COMPARED else None
            if name and all(name != other for other, _ in found[-1:]):
                found.append((name, []))
            found[-1][1].append(line)
        parts = [(name, "".join(lines).strip("\n")) for name, lines in found]
        return [(name, part) for name, part in parts if name or part.strip()]

    def likest(self, text: str) -> str:
        """The name of the cell that has nearly the same words as `text`; "" if there is none."""
        words = set(words_of(text).split())
        if len(words) < _FEW:
            return ""
        best, name = max(
            ((len(words & one.words) / len(words | one.words), one.name) for one in self.by_name.values()),
            default=(0.0, ""),
        )
        return name if best >= _ALIKE else ""

    def spoken_of(self, text: str) -> set[str]:
        """The answers with whose question a line of `text` begins: with its heading, or its label as in (b)."""
        text = text[:_LONGEST_SEARCHED]
        lines = {words_of(line) for line in text.splitlines()}
        return {
            answer
            for answer, asked in self._asked.items()
            if (asked.heading and asked.heading in lines)
            or (asked.label and re.search(_begins(asked.label), text, re.MULTILINE | re.IGNORECASE))
        }


def _begins(label: str) -> str:
    """The pattern of a line that begins with the label of a question."""
    return (
        r"^[^\w\n\[]{0,9}(?:(?:question|answer|task|problem|part|q)[^\w\n]{0,3})?"
        + re.escape(label)
        + r"(?:[^\w\n]{0,9}$|[ \t]?[).:]|(?<=\d)[ \t])"
    )
