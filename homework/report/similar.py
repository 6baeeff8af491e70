"""`homework similar`: pairs of answers that are more alike than independent work. It says similar, never copied.

Theory of operation. For code the measure is the Jaccard index of the sets of five consecutive tokens, minus those of
the starter and those in more than a fifth of a class of ten or more. Prose is compared by TF-IDF of words and pairs of
words. Thresholds are measured on few samples: independent pairs are below 0.45, copies with small edits above. So the
class's own histogram is shown beside what is listed. A paraphrase is not found: what finds it also flags honest
answers. The reference and the model answer take part, and what is in a folder of leaked answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from homework.course import Course
from homework.errors import UsageError
from homework.report.leaked import leaked
from homework.report.tokens import Gram, grams, shared, tokens, words
from homework.review.answers import ClassAnswers
from homework.review.scheme import model_answer
from homework.submission.rebuild import State

CODE, PROSE, MARKED = 0.5, 0.45, 0.6
BINS = 20  # of a histogram from 0 to 1
_GRAMS, _WORDS = 20, 25  # the least that a side needs
_ROWS = 100  # of the table of cosines that are in memory at once
_OURS = "("  # the names of what is no student's begin with it


@dataclass(frozen=True)
class Pair:
    """Two similar answers. `sizes` are what was compared: runs of tokens of code, words of prose."""

    task: str
    kind: str
    left: str
    right: str
    similarity: float
    sizes: tuple[int, int]
    texts: tuple[str, str]

    @property
    def shared(self) -> str:
        """The longest common parts, as the left side writes them."""
        left, right = (tokens(self.kind, text) for text in self.texts)
        found = shared(self.kind, left, right)
        return " … ".join(
            " ".join(self.texts[0][left[a].start : left[a + size - 1].end].split()) for a, _, size in found
        )


@dataclass
class Compared:
    """One task: its similar pairs, most similar first, and how similar all pairs of students are.

    `short` are the answers that are too short to tell.
    """

    task: str
    kind: str
    pairs: list[Pair] = field(default_factory=list)
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    short: int = 0

    @property
    def threshold(self) -> float:
        """From where pairs are listed."""
        return CODE if self.kind == "code" else PROSE

    @property
    def compared(self) -> int:
        """How many pairs of students were compared."""
        return sum(self.bins)

    @property
    def above(self) -> int:
        """How many of these are listed."""
        return sum(
            not pair.left.startswith(_OURS) and not pair.right.startswith(_OURS) for pair in self.pairs
        )

    def add(
        self, left: str, right: str, alike: float, sizes: Mapping[str, int], texts: Mapping[str, str]
    ) -> None:
        """Count a pair, and list it if it is similar. Two that are no student's are not compared."""
        ours = left.startswith(_OURS) + right.startswith(_OURS)
        if not ours:
            self.bins[min(BINS - 1, int(alike * BINS + 1e-9))] += 1
        if alike >= self.threshold and ours < 2:
            pair = (sizes[left], sizes[right])
            self.pairs.append(
                Pair(self.task, self.kind, left, right, alike, pair, (texts[left], texts[right]))
            )

    def sorted(self) -> Compared:
        """Itself, with the most similar pairs first."""
        self.pairs.sort(key=lambda pair: (-pair.similarity, pair.left, pair.right))
        return self


def compare_code(task: str, sources: Mapping[str, str], starter: str = "") -> Compared:
    """Compare the solutions to one exercise."""
    starting = grams(starter)
    sets: dict[str, set[Gram]] = {name: grams(source) - starting for name, source in sources.items()}
    students = [of_one for name, of_one in sets.items() if not name.startswith(_OURS)]
    if len(students) >= 10:
        counts = Counter(gram for of_one in students for gram in of_one)
        common = {gram for gram, count in counts.items() if count > len(students) / 5}
        sets = {name: of_one - common for name, of_one in sets.items()}
    sizes = {name: len(of_one) for name, of_one in sets.items()}
    long = sorted(name for name, size in sizes.items() if size >= _GRAMS)
    done = Compared(task, "code", short=len(sets) - len(long))
    for left, right in combinations(long, 2):
        both = len(sets[left] & sets[right])
        done.add(left, right, both / (sizes[left] + sizes[right] - both), sizes, sources)
    return done.sorted()


def cosines(texts: Mapping[str, str]) -> Iterator[tuple[str, str, float]]:
    """The cosine of the TF-IDF vectors (words and pairs of words, sublinear) of every pair of texts.

    One after another, since a class of five thousand has twelve million pairs.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # takes a second to import

    names = sorted(texts)
    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(
        texts[name] for name in names
    )
    for first in range(0, len(names), _ROWS):
        rows = (vectors[first : first + _ROWS] @ vectors.T).toarray()
        for i, row in enumerate(rows, first):
            for j in range(i + 1, len(names)):
                yield names[i], names[j], float(row[j])


def compare_prose(task: str, texts: Mapping[str, str]) -> Compared:
    """Compare the answers to one question."""
    sizes = {name: len(words(text)) for name, text in texts.items()}
    done = Compared(task, "prose", short=sum(size < _WORDS for size in sizes.values()))
    if len(sizes) - done.short < 2:
        return done
    for left, right, alike in cosines(texts):
        if min(sizes[left], sizes[right]) >= _WORDS:
            done.add(left, right, alike, sizes, texts)
    return done.sorted()


def similar(course: Course, assignment: str, against: Path | None = None) -> list[Compared]:
    """Compare the answers to each task. Raises UsageError if nothing is graded, or if `against` is no folder."""
    task = course.assignment(assignment)
    answers = ClassAnswers(course, assignment).read()
    if not answers:
        raise UsageError(f"no {assignment} is graded yet: run `homework autograde {assignment}` first")
    known = leaked(against, task.tasks) if against else {}
    starters = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in task.cells}
    found: list[Compared] = []
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
        found.append(compare_code(name, sources | known.get(name, {}), starter))
    for name in task.questions:
        texts = {
            student: one.answers[name].source
            for student, one in answers.items()
            if name in one.answers and one.answers[name].state is State.ANSWERED
        }
        if model := model_answer(task, name):
            texts["(model answer)"] = model
        found.append(compare_prose(name, texts | known.get(name, {})))
    return found
