"""Group answers that are safe to mark at once.

Two answers are *near* only if their texts are 95 % alike and they have the same numbers and the same negations: "0.1"
against "0.01", or one "not" less, changes 1 or 2 % of a sentence and all of its meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from homework.submission.answers import Answer
from homework.submission.rebuild import State

NEAR = 95.0  # copies with typing changes are at 98.8 or more, edited ones at 68.6 or less
ALIKE = 60.0  # words in any order; independent answers are about 51
_LONGEST = 5_000  # characters; longer texts are compared for equality only
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")
_NEGATION = re.compile(r"\b(?:not|no|never|without|cannot|neither|nor)\b|n['’]t\b")


@dataclass(frozen=True)
class Group:
    """Answers that can be marked at once. `kind`: untouched, blank, identical, near, joined or single."""

    kind: str
    students: tuple[str, ...]


def normal(text: str) -> str:
    """`text` without what does not change its meaning: case, markup, spaces, punctuation outside of numbers."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"(?m)^\s*(?:>|[-*+]\s|#+\s)", " ", text)
    text = re.sub(r"[*_`~]+", "", text)
    kept = []
    for index, char in enumerate(text):
        before, after = text[max(0, index - 1) : index], text[index + 1 : index + 2]
        number = char in ".," and before.isdigit() and after.isdigit()
        operator = (char in "-/%" and (before.isdigit() or after.isdigit())) or (char == "!" and after == "=")
        kept.append(char if number or operator or unicodedata.category(char)[0] != "P" else " ")
    return " ".join("".join(kept).split())


def _meaning(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("−", "-")
    return tuple(_NUMBER.findall(folded)), tuple(sorted(_NEGATION.findall(folded)))


def grouped(
    answers: Mapping[str, Answer],
    order: Iterable[str],
    moved: Mapping[str, str | None] = MappingProxyType({}),
) -> list[Group]:
    """The groups of `answers` (by student), in `order`: larger ones first, then single answers, empty ones last.

    Of single answers similar ones follow each other.

    `moved` are students whose answers a grader took out of their group, or put next to another student's.
    """
    students = [student for student in order if student in answers]
    same: dict[tuple[str, ...], list[str]] = {}
    empty: dict[str, list[str]] = {"untouched": [], "blank": []}
    for student in students:
        answer = answers[student]
        if student in moved:
            continue
        if answer.state is State.UNTOUCHED and not answer.pictures:
            empty["untouched"].append(student)
        elif answer.state is not State.ANSWERED and not answer.pictures:
            empty["blank"].append(student)
        else:
            pictures = (answer.sha256,) if answer.pictures or answer.lost else ()
            same.setdefault((normal(answer.source), *pictures), []).append(student)
    found = _near(list(same.values()), answers)
    found += [Group("single", (student,)) for student in students if moved.get(student, "") is None]
    found += [Group(kind, tuple(members)) for kind, members in empty.items() if members]
    for student in students:
        if moved.get(student) is not None:
            found = _put_next_to(student, moved, found)
    position = {student: number for number, student in enumerate(students)}
    found.sort(key=lambda group: (-len(group.students), position[group.students[0]]))
    last = [group for kind in empty for group in found if group.kind == kind]
    several = [group for group in found if len(group.students) > 1 and group not in last]
    single = [group for group in found if len(group.students) == 1 and group not in last]
    return several + _by_likeness(single, answers) + last


def _by_likeness(single: list[Group], answers: Mapping[str, Answer]) -> list[Group]:
    """Single answers, each followed by the one of the rest that is most like it, so that they are marked alike.

    Where none is like it, the next in the order given follows.
    """
    if len(single) < 3:
        return single
    from rapidfuzz import fuzz, process

    texts = [normal(answers[group.students[0]].source)[:_LONGEST] for group in single]
    table = process.cdist(texts, texts, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    left = list(range(len(single)))
    order = [left.pop(0)]
    while left:
        alike = table[order[-1]]
        best = max(left, key=lambda number: (alike[number], -number))
        left.remove(best)
        order.append(best)
    return [single[number] for number in order]


def _put_next_to(student: str, moved: Mapping[str, str | None], groups: list[Group]) -> list[Group]:
    """The groups with a student's answer in that of another, whom it was put next to; on its own if there is none."""
    place, seen = student, {student}
    while (after := moved.get(place)) is not None and after not in seen:
        place = after
        seen.add(place)
    home = next((group for group in groups if place in group.students), None)
    if home is None:
        return [*groups, Group("single", (student,))]
    kind = "joined" if home.kind == "single" else home.kind
    return [Group(kind, (*one.students, student)) if one is home else one for one in groups]


def dealt(groups: Iterable[Group], graders: Sequence[str]) -> dict[str, str]:
    """Who marks which student's answer: whole groups, in order, always to whoever has the fewest so far."""
    counts = dict.fromkeys(graders, 0)
    found = {}
    for group in groups if counts else ():
        grader = min(counts, key=lambda name: counts[name])
        counts[grader] += len(group.students)
        found.update(dict.fromkeys(group.students, grader))
    return found


def _near(classes: list[list[str]], answers: Mapping[str, Answer]) -> list[Group]:
    """Classes of identical answers, joined where every pair is nearly identical."""
    firsts = [answers[members[0]] for members in classes]
    texts = [normal(first.source) for first in firsts]
    may = [
        not (a.pictures or a.lost) and len(text) <= _LONGEST for a, text in zip(firsts, texts, strict=True)
    ]
    where = [number for number, possible in enumerate(may) if possible]
    alike: dict[int, set[int]] = {number: set() for number in range(len(classes))}
    if len(where) > 1:
        from rapidfuzz import fuzz, process

        short = [texts[number] for number in where]
        table = process.cdist(short, short, scorer=fuzz.ratio, score_cutoff=NEAR)
        meanings = [_meaning(firsts[number].source) for number in where]
        for i, j in zip(*table.nonzero(), strict=True):
            if i != j and meanings[i] == meanings[j]:
                alike[where[i]].add(where[j])
    groups: list[list[int]] = []
    for number in range(len(classes)):
        home = next((group for group in groups if all(other in alike[number] for other in group)), None)
        if home is None:
            groups.append([number])
        else:
            home.append(number)
    made = []
    for group in groups:
        students = tuple(student for number in group for student in classes[number])
        kind = "near" if len(group) > 1 else "identical" if len(students) > 1 else "single"
        made.append(Group(kind, students))
    return made
