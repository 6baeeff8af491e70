"""`homework demo`: a sample class, from release to feedback, in the course's own folders.

The class is made from the banks: variants and misconceptions as code, the sample answers in `solutions/<assignment>/
<question>/answers.toml` as prose. Some students hand in nothing, something broken, or code that never ends.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from homework.counted import counted
from homework.course import Assignment, Course
from homework.course.cells import name_of
from homework.errors import UsageError
from homework.grading import load_exercises
from homework.judge import Bank, Entry
from homework.submission.splice import fill
from homework.submission.template import Template

MARKER = ".sample-class"

# What each student hands in, one letter per exercise, repeated as needed: r the reference, v a variant, w a
# misconception (a different one for each student), b left blank; then the written answers (0 good, 1 weak, - none). An
# exercise that uses the output of another (a backward pass, the cache of its forward pass) needs a reference there.
_CLASS = """
ada vvrv 0     alan rvrr 0      barbara rrrw 0   claude wvrv 1     dorothy rvrv 0   edsger rwrw 1
emmy wrrr 0    frances rrwr 1   grace vvrr 1     hedy rvwb 0       ida rvrr -       joan wvrv 1
john rwwr 1    katherine vrrv 0 leslie rvrw 1    lise wrwr 0       margaret rvrv 1  niklaus rwrb 1
olga bbbb -    radia rvrv 0     sophie rvrr 1    tim vvrr 1        vera rrrr 0      yukihiro rvrv 1
"""
_CHOSEN = dict.fromkeys(("claude", "emmy"), "flipped_kernel")  # the usual mistake; for the others it is drawn
_MISHAPS = {"margaret": "noisy", "radia": "copied", "sophie": "endless", "tim": "dies", "vera": "no notebook"}


@dataclass(frozen=True)
class _Student:
    name: str
    pattern: str
    answers: str
    mishap: str


def sample_class(course: Course, assignment: Assignment) -> dict[str, dict[str, bytes]]:
    """What each student in the sample class hands in for `assignment`: the content of files by name, by student."""
    words = _CLASS.split()
    students = [
        _Student(name, pattern, answers, _MISHAPS.get(name, ""))
        for name, pattern, answers in zip(words[::3], words[1::3], words[2::3], strict=True)
    ]
    template = Template.load(assignment.released_notebook)
    banks = [exercise.bank for exercise in load_exercises(course, assignment.name)]
    prose = {name: course.sample_answers(assignment.name, name) for name in assignment.questions}
    notebook, hands_in = assignment.notebook.name, list(assignment.hands_in)
    handed_in = {}
    for number, student in enumerate(students):
        data, files = _handed_in(student, number, template, banks, prose, hands_in)
        handed_in[student.name] = {notebook: data, **files}
    return handed_in


def _handed_in(
    student: _Student,
    number: int,
    template: Template,
    banks: list[Bank],
    prose: dict[str, list[str]],
    hands_in: list[str],
) -> tuple[bytes, dict[str, bytes]]:
    """The notebook and the files that `student`, the one with this `number`, hands in."""
    if student.mishap == "no notebook":
        return b"%PDF-1.7\n% exported instead of the notebook\n", {}
    sources: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for index, bank in enumerate(banks):
        kind = student.pattern[index % len(student.pattern)]
        if kind == "b":
            continue
        entry = None
        if (
            bank.with_files
        ):  # trained networks: each entry once, so that the leaderboard has something to show
            entry = [None, *bank.variants.values(), *bank.misconceptions.values()][
                number % (1 + len(bank.variants) + len(bank.misconceptions))
            ]
        elif kind != "r":
            entries = list((bank.variants if kind == "v" else bank.misconceptions).values())
            entry = _pick(student.name, entries)
        sources[bank.exercise] = bank.code(entry)
        files |= bank.files(entry, hands_in)
    if student.answers != "-":
        sources.update(
            {name: texts[int(student.answers) % len(texts)] for name, texts in prose.items() if texts}
        )
    functions = [bank.exercise for bank in banks if not bank.is_value]
    last = (functions or [bank.exercise for bank in banks])[-1]
    if student.mishap == "endless":
        sources[last] = f"def {last}(*args):\n    while True:\n        pass\n"
    elif student.mishap == "dies":
        sources[last] = f"import os\n\n\ndef {last}(*args):\n    os._exit(1)\n"
    notebook = fill(template, sources)
    if student.mishap == "noisy":
        notice = (
            "import sys, warnings\n\nwarnings.warn('deprecated')\nprint('training ...', file=sys.stderr)\n"
        )
        notebook["cells"].insert(
            1,
            {
                "cell_type": "code",
                "id": "own",
                "metadata": {},
                "source": notice,
                "outputs": [],
                "execution_count": None,
            },
        )
    elif student.mishap == "copied":
        cells = notebook["cells"]
        where = next(i for i, cell in enumerate(cells) if name_of(cell) == last)
        cells.insert(where, json.loads(json.dumps(cells[where])))
    return json.dumps(notebook, indent=1).encode(), files


def _pick(student: str, entries: list[Entry]) -> Entry:
    """One of `entries` for a student. Adding or removing other entries rarely changes which one."""
    alone = [entry for entry in entries if not entry.also]  # the others need changes in a second cell
    return min(
        alone,
        key=lambda entry: (
            _CHOSEN.get(student) != entry.name,
            hashlib.sha256(f"{student} {entry.name}".encode()).digest(),
        ),
    )


def run_demo(course: Course, quiet: bool = False) -> None:
    """Release every assignment, fill `submitted/` with the sample class, grade it, and write feedback and CSV.

    Raises UsageError if `submitted/` contains submissions that are not the sample class's.
    """
    from homework.commands.autograde import autograde
    from homework.commands.release import release
    from homework.gradebook.export import export_csv
    from homework.report.feedback import write_feedback
    from homework.report.overview import write_overview
    from homework.report.table import print_results

    console = Console(highlight=False)
    _claim(course)
    for assignment in course.assignments.values():
        console.rule(f"[bold]{assignment.name}[/]")
        release(course, assignment.name)
        console.print(f"released: {assignment.release.relative_to(course.root)}/ is what students get")
        handed_in = sample_class(course, assignment)
        for student, files in handed_in.items():
            folder = course.submitted / student / assignment.name
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                (folder / name).write_bytes(content)
        count = counted(len(handed_in), "submission")
        console.print(f"handed in: {count} in submitted/; grading them in the sandbox …")
        results = autograde(course, assignment.name, force=True, quiet=quiet)
        print_results(results, console)
        pages = write_feedback(course, assignment.name)
        overview = write_overview(course, assignment.name, results)
        console.print(f"feedback: {counted(len(pages), 'page')}, for example {_shown(course, pages[0])}")
        console.print(f"for you: {_shown(course, overview)}")
    table = course.root / "grades.csv"
    export_csv(course, table)
    console.print(f"grades: {_shown(course, table)}")
    console.print(
        "next: [bold].venv/bin/homework review hw1[/] opens the page on which written answers are marked; "
        "docs/instructors.md describes a semester."
    )


def _shown(course: Course, path: Path) -> str:
    return str(path.relative_to(course.root)) if path.is_relative_to(course.root) else str(path)


def _claim(course: Course) -> None:
    """Make sure that `submitted/` is empty or contains the sample class, and mark it as the sample class's."""
    course.submitted.mkdir(exist_ok=True)
    others = [path.name for path in course.submitted.iterdir() if path.is_dir()]
    marker = course.submitted / MARKER
    if others and not marker.exists():
        raise UsageError(
            f"submitted/ contains real submissions ({', '.join(sorted(others)[:3])} …): run the demo in a fresh clone"
        )
    marker.write_text("The folders here are the sample class of `homework demo`.\n", encoding="utf-8")
