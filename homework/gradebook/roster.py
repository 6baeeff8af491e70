"""Students who are nearly the same, on no roster, or gone: found by comparing names, and said after grading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from homework.counted import listed
from homework.gradebook.scores import SubmissionScore
from homework.untrusted.text import printable


def odd_students(scores: Iterable[SubmissionScore], handed_in: Collection[str] | None) -> Iterator[str]:
    """What is odd about the students of an assignment, in sentences.

    `scores` are those of every student in the gradebook, `handed_in` the students of whom something is in submitted/
    now (None if only some were looked at). A student whom an instructor gave a name or an address is on the roster.
    """
    scores = list(scores)
    graded = {one.student for one in scores if one.handed_in}
    roster = {one.student for one in scores if any(one.names)}
    by_key: dict[str, list[str]] = {}
    for one in sorted(roster):
        by_key.setdefault(_key(one), []).append(one)
    if roster and (unknown := sorted(graded - roster)):
        for student in unknown:
            for near in by_key.get(_key(student), []):
                yield (
                    f"{printable(student)} is graded and not on the roster, where there is {printable(near)}: "
                    "rename the folder in submitted/, or the student in the gradebook"
                )
        if others := [student for student in unknown if _key(student) not in by_key]:
            yield f"graded, but not on the roster: {printable(listed(others))}"
    if handed_in is None:
        return
    same: dict[str, list[str]] = {}
    for student in sorted(handed_in):
        same.setdefault(_key(student), []).append(student)
    for names in same.values():
        if len(names) > 1:
            yield f"these folders in submitted/ may be of one student: {printable(listed(names))}"
    if gone := sorted(graded - set(handed_in)):
        yield (
            f"graded earlier, but nothing is in submitted/ now: {printable(listed(gone))}. To remove one: "
            f"`nbgrader db student remove {printable(gone[0])} --force`, and delete autograded/{printable(gone[0])} "
            f"and feedback/{printable(gone[0])}"
        )


def _key(student: str) -> str:
    """What is left of a name when case, accents, punctuation and the domain of an address are taken away."""
    letters = unicodedata.normalize("NFKD", student.partition("@")[0].casefold())
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "", letters) or student
