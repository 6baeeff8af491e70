"""`homework similar`: pairs of answers that are more alike than independent work. It says similar, never copied.

Theory of operation. For code the measure is the Jaccard index of the sets of five consecutive tokens, minus those of
the starter and those in more than a fifth of a class of ten or more. Prose is compared by TF-IDF of words and pairs of
words. Thresholds are measured on few samples: independent pairs are below 0.45, copies with small edits above. So the
class's own histogram is shown beside what is listed. A paraphrase is not found: what finds it also flags honest
answers. The reference and the model answer take part, and what is in a folder of leaked answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
_ROWS = 100  # of the table of all pairs that are in memory at once
_OURS = "("  # the names of what is no student's begin with it
Rows = tuple[int, Any]  # some rows of the table of all pairs, as a NumPy array, and the number of the first


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
        self, names: Sequence[str], rows: Iterable[Rows], sizes: Mapping[str, int], texts: Mapping[str, str]
    ) -> None:
        """Count all pairs, and list those that are similar. Two that are no student's are not compared."""
        import numpy as np

        ours = np.array([name.startswith(_OURS) for name in names])
        bins = np.zeros(BINS, int)
        for first, alike in rows:
            i, j = np.triu_indices(len(alike), first + 1, len(names))
            alike = alike[i, j]
            i += first
            students = alike[~(ours[i] | ours[j])]
            bins += np.bincount(np.minimum(BINS - 1, (students * BINS + 1e-9).astype(int)), minlength=BINS)
            for at in np.flatnonzero((alike >= self.threshold) & ~(ours[i] & ours[j])):
                left, right = names[i[at]], names[j[at]]
                size, both = (sizes[left], sizes[right]), (texts[left], texts[right])
                self.pairs.append(Pair(self.task, self.kind, left, right, float(alike[at]), size, both))
        self.bins = bins.tolist()
        self.pairs.sort(key=lambda pair: (-pair.similarity, pair.left, pair.right))


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
    done.add(long, jaccard([sets[name] for name in long]), sizes, sources)
    return done


def jaccard(sets: Sequence[Set[Gram]]) -> Iterator[Rows]:
    """The Jaccard index of every pair of sets.

    What two sets share is counted by a product of sparse matrices, which looks up a gram in an index of who has it: it
    takes time for what is shared, not for pairs that share nothing.
    """
    import numpy as np
    from scipy.sparse import csr_array

    numbers: dict[Gram, int] = {}
    columns = [numbers.setdefault(gram, len(numbers)) for of_one in sets for gram in of_one]
    sizes = np.array([len(of_one) for of_one in sets], int)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    has = csr_array((np.ones(len(columns), np.int32), columns, starts), shape=(len(sets), len(numbers)))
    for first in range(0, len(sets), _ROWS):
        both = (has[first : first + _ROWS] @ has.T).toarray()
        yield first, both / (sizes[first : first + _ROWS, None] + sizes - both)


def cosines(texts: Sequence[str], compared: Sequence[int]) -> Iterator[Rows]:
    """The cosine of the TF-IDF vectors (words and pairs of words, sublinear) of every pair of those `compared`."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # takes a second to import

    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(texts)[compared]
    for first in range(0, vectors.shape[0], _ROWS):
        yield first, (vectors[first : first + _ROWS] @ vectors.T).toarray()


def compare_prose(task: str, texts: Mapping[str, str]) -> Compared:
    """Compare the answers to one question."""
    sizes = {name: len(words(text)) for name, text in texts.items()}
    done = Compared(task, "prose", short=sum(size < _WORDS for size in sizes.values()))
    if len(sizes) - done.short < 2:
        return done
    names = sorted(texts)
    long = [number for number, name in enumerate(names) if sizes[name] >= _WORDS]
    done.add([names[number] for number in long], cosines([texts[name] for name in names], long), sizes, texts)
    return done


def similar(
    course: Course,
    assignment: str,
    against: Path | None = None,
    tell: Callable[[Compared], None] = lambda _: None,
) -> list[Compared]:
    """Compare the answers to each task, and `tell` of each when it is done.

    Raises UsageError if nothing is graded, or if `against` is no folder.
    """
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
        tell(found[-1])
    for name in task.questions:
        texts = {
            student: one.answers[name].source
            for student, one in answers.items()
            if name in one.answers and one.answers[name].state is State.ANSWERED
        }
        if model := model_answer(task, name):
            texts["(model answer)"] = model
        found.append(compare_prose(name, texts | known.get(name, {})))
        tell(found[-1])
    return found
