"""`homework similar`: pairs of answers that are more alike than independent work. It says similar, never copied.

Theory of operation. Code is cut into tokens without comments, strings and layout; numbers become 0 and names v, except
attributes, builtins and modules. The measure is the Jaccard index of the sets of five consecutive tokens, minus those
of the starter and those in more than a fifth of a class of ten or more. Prose is compared by TF-IDF of words and pairs
of words. Thresholds are measured: independent pairs are below 0.45, copies with small edits above. A paraphrase is not
found: what finds it also flags honest answers.
"""

from __future__ import annotations

import builtins
import csv
import io
import keyword
import re
import token
import tokenize
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from math import log, sqrt
from pathlib import Path

from homework.course import Course
from homework.errors import UsageError
from homework.review.answers import ClassAnswers
from homework.submission.rebuild import State
from homework.untrusted.text import printable

CODE, PROSE = 0.5, 0.45
_GRAMS, _WORDS = 20, 25  # the least that a side needs
_KEPT = frozenset({*keyword.kwlist, *dir(builtins), "torch", "np", "F"})
_SKIPPED = frozenset({token.STRING, token.NEWLINE, token.INDENT, token.DEDENT, token.ENDMARKER})
_HEADER = ("assignment", "task", "kind", "left", "right", "similarity", "size_left", "size_right", "shared")
Gram = tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two similar answers. `shared` are their longest common parts."""

    task: str
    kind: str
    left: str
    right: str
    similarity: float
    sizes: tuple[int, int]
    shared: str


def tokens(source: str) -> list[str]:
    """The tokens of Python code that a renaming or another layout does not change."""
    found: list[str] = []
    try:
        for one in tokenize.generate_tokens(io.StringIO(source).readline):
            if one.type in _SKIPPED or one.type in (tokenize.COMMENT, tokenize.NL):
                continue
            if one.type == token.NUMBER:
                found.append("0")
            elif one.type == token.NAME and one.string not in _KEPT and found[-1:] != ["."]:
                found.append("v")
            else:
                found.append(one.string)
    except (tokenize.TokenError, SyntaxError):  # the rest cannot be read
        pass
    return found


def grams(source: str) -> set[Gram]:
    """The runs of five tokens in Python code."""
    words = tokens(source)
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def code_pairs(task: str, sources: Mapping[str, str], starter: str = "") -> list[Pair]:
    """The similar pairs of solutions to one exercise, most similar first."""
    starting = grams(starter)
    sets = {name: grams(source) - starting for name, source in sources.items()}
    if len(sets) >= 10:
        counts = Counter(gram for of_one in sets.values() for gram in of_one)
        common = {gram for gram, count in counts.items() if count > len(sets) / 5}
        sets = {name: of_one - common for name, of_one in sets.items()}
    long = {name: of_one for name, of_one in sets.items() if len(of_one) >= _GRAMS}
    found = []
    for left, right in combinations(sorted(long), 2):
        a, b = long[left], long[right]
        alike = len(a & b) / len(a | b)
        if alike >= CODE:
            shared = _shared(tokens(sources[left]), tokens(sources[right]), 12)
            found.append(Pair(task, "code", left, right, alike, (len(a), len(b)), shared))
    return sorted(found, key=lambda pair: -pair.similarity)


def words(text: str) -> list[str]:
    """The words of a text."""
    return re.findall(r"\w\w+", text.casefold())


def cosines(texts: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """The cosine of the TF-IDF vectors (words and pairs of words, sublinear) of every pair of texts."""
    terms = {}
    for name, text in texts.items():
        one = words(text)
        terms[name] = Counter([*one, *(" ".join(pair) for pair in pairwise(one))])
    counts = Counter(term for of_one in terms.values() for term in of_one)
    vectors: dict[str, dict[str, float]] = {}
    for name, of_one in terms.items():
        weights = {
            term: (1 + log(count)) * (log((1 + len(texts)) / (1 + counts[term])) + 1)
            for term, count in of_one.items()
        }
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        vectors[name] = {term: weight / length for term, weight in weights.items()}
    return {
        (left, right): sum(weight * vectors[right].get(term, 0.0) for term, weight in vectors[left].items())
        for left, right in combinations(sorted(texts), 2)
    }


def prose_pairs(task: str, texts: Mapping[str, str]) -> list[Pair]:
    """The similar pairs of answers to one question, most similar first."""
    sizes = {name: len(words(text)) for name, text in texts.items()}
    found = [
        Pair(
            task,
            "prose",
            left,
            right,
            alike,
            (sizes[left], sizes[right]),
            _shared(words(texts[left]), words(texts[right]), 5),
        )
        for (left, right), alike in cosines(texts).items()
        if alike >= PROSE and min(sizes[left], sizes[right]) >= _WORDS
    ]
    return sorted(found, key=lambda pair: -pair.similarity)


def _shared(left: list[str], right: list[str], least: int) -> str:
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return " … ".join(" ".join(left[one.a : one.a + one.size]) for one in blocks if one.size >= least)


def similar(course: Course, assignment: str) -> list[Pair]:
    """The similar pairs of an assignment. Raises UsageError if nothing is graded."""
    task = course.assignment(assignment)
    answers = ClassAnswers(course, assignment).read()
    if not answers:
        raise UsageError(f"no {assignment} is graded yet: run `homework autograde {assignment}` first")
    starters = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in task.cells}
    found: list[Pair] = []
    for name, exercise in task.exercises.items():
        if exercise.kind.file:
            continue
        sources = {
            student: one.code[name].source
            for student, one in answers.items()
            if name in one.code and one.code[name].state is State.ANSWERED
        }
        reference = course.solutions(assignment, name) / "reference.py"
        if reference.is_file():
            sources["(reference)"] = reference.read_text("utf-8")
        starter = starters.get(name, "").partition("### BEGIN SOLUTION")[0]
        found += code_pairs(name, sources, starter)
    for name in task.questions:
        texts = {
            student: one.answers[name].source
            for student, one in answers.items()
            if name in one.answers and one.answers[name].state is State.ANSWERED
        }
        found += prose_pairs(name, texts)
    return found


def write_similar(course: Course, assignment: str) -> tuple[Path, list[Pair]]:
    """Write `report/<assignment>/similar.csv`. Returns it, and the pairs."""
    pairs = similar(course, assignment)
    path = course.root / "report" / assignment / "similar.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for one in pairs:
            shared = printable(one.shared, 2000)
            shared = f"'{shared}" if shared.startswith(("=", "+", "-", "@")) else shared
            names = (printable(one.left), printable(one.right))
            writer.writerow(
                [assignment, one.task, one.kind, *names, f"{one.similarity:.3f}", *one.sizes, shared]
            )
    return path, pairs
