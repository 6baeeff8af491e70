"""What `homework check` keeps: verdicts that hold as long as all that they depend on is the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import homework
from homework.commands.fairness import SolutionRow
from homework.commands.kept import Kept
from homework.course import Course, fingerprint
from homework.course.cells import name_of
from homework.course.fingerprint import assignment_hash, decisive_environment, exercise_hashes, program_hash
from tests.homework.support import copy_course, run_homework

TASK = "hw1/learning_rate_labels"
EXERCISES = {
    "cross_corr_2d",
    "spatial_batchnorm_forward",
    "spatial_batchnorm_backward",
    "learning_rate_labels",
}


# ---------------------------------------------------------------------------------------------- what digests cover


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A copy of the course, whose files each test puts back."""
    return copy_course(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def edit(copy: Course) -> Iterator[Callable[[str, str], None]]:
    """Append a text to a file of the copy, or make the file."""
    before: dict[Path, bytes | None] = {}

    def append(name: str, text: str) -> None:
        path = copy.root / name
        before.setdefault(path, path.read_bytes() if path.is_file() else None)
        with path.open("a") as file:
            file.write(text)

    yield append
    for path, content in before.items():
        path.unlink()
        if content is not None:
            path.write_bytes(content)


def changed(copy: Course, change: Callable[[], None], *, spliced: bool = True) -> set[str]:
    """The exercises of which something that decides their points differs after a change."""
    before = exercise_hashes(copy, "hw1", spliced=spliced)
    whole = assignment_hash(copy, "hw1")
    change()
    now = Course(copy.root)
    assert assignment_hash(now, "hw1") != whole
    after = exercise_hashes(now, "hw1", spliced=spliced)
    return {name for name in EXERCISES if before[name] != after[name]}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("tests/hw1/test_cross_corr_2d.py", "\n", {"cross_corr_2d"}),
        ("solutions/hw1/cross_corr_2d/misconceptions.py", "\n", {"cross_corr_2d"}),
        ("solutions/hw1/cross_corr_2d/variants.py", "\n", {"cross_corr_2d"}),
        ("solutions/hw1/cross_corr_2d/table.csv", "1", {"cross_corr_2d"}),
        ("solutions/hw1/cross_corr_2d/reference.py", "\n", EXERCISES),  # other exercises may call it
        ("tests/hw1/helpers.py", "\n", EXERCISES),
        ("release/hw1/eep590_utils.py", "\n", EXERCISES),
        ("source/hw1/eep590_utils.py", "\n", EXERCISES),
        ("nbgrader_config.py", "\nc.Homework.secret = 'new'\n", EXERCISES),
        ("nbgrader_config.py", "\nc.Homework.limits = {'hw1': {'seconds_per_call': 4}}\n", EXERCISES),
        ("nbgrader_config.py", "\nc.Homework.least = {'hw1': (1, 2)}\n", set()),  # a rule, not a verdict
        ("solutions/hw1/warmup_a/answers.toml", "\n", set()),
    ],
)
def test_what_a_verdict_depends_on_is_in_its_digest(
    copy: Course, edit: Callable[[str, str], None], name: str, text: str, expected: set[str]
) -> None:
    assert changed(copy, lambda: edit(name, text)) == expected


def test_files_behind_a_link_to_a_folder_count_and_a_circle_of_links_ends(
    copy: Course, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "again").symlink_to(tmp_path / "shared")
    table = tmp_path / "shared" / "table.csv"

    def append(path: Path) -> None:
        path.write_text(f"{path.read_text() if path.exists() else ''}1")

    append(table)
    link = copy.root / "tests" / "hw1" / "shared"
    link.symlink_to(tmp_path / "shared")
    try:
        assert changed(copy, lambda: append(table)) == EXERCISES
    finally:
        link.unlink()


def test_what_lies_beside_the_tests_is_in_the_digest_of_the_tests(
    copy: Course, edit: Callable[[str, str], None]
) -> None:
    """Otherwise `homework autograde` and `watch` would take submissions for unchanged."""
    before = decisive_environment(copy, "hw1")["tests"]
    edit("tests/hw1/table.csv", "1")
    one = decisive_environment(copy, "hw1")["tests"]
    edit("tests/hw1/table.csv", "2")
    assert len({before, one, decisive_environment(copy, "hw1")["tests"]}) == 3


@pytest.mark.parametrize(
    ("cell", "of_solutions", "of_students"),
    [
        ("test_learning_rate_labels", {"learning_rate_labels"}, EXERCISES),
        ("environment", EXERCISES, EXERCISES),
        ("intro", set(), EXERCISES),  # a student's cells are found by the texts around them
    ],
)
def test_solutions_depend_on_the_code_above_their_grade_cell(
    copy: Course, edit: Callable[[str, str], None], cell: str, of_solutions: set[str], of_students: set[str]
) -> None:
    name = "release/hw1/hw1.ipynb"

    def change() -> None:
        edit(name, "")
        notebook = json.loads((copy.root / name).read_text())
        (found,) = [one for one in notebook["cells"] if name_of(one) == cell]
        found["source"] = ["# changed\n", *found["source"]]
        (copy.root / name).write_text(json.dumps(notebook))

    whole = exercise_hashes(copy, "hw1")
    assert changed(copy, change) == of_solutions
    after = exercise_hashes(Course(copy.root), "hw1")
    assert {name for name in EXERCISES if whole[name] != after[name]} == of_students


def test_the_program_and_what_is_installed_are_in_every_digest(
    tmp_path: Path, copy: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digests() -> tuple[str, str]:
        fingerprint._source_hash.cache_clear()
        program_hash.cache_clear()
        return program_hash(), exercise_hashes(copy, "hw1")["cross_corr_2d"]

    before = digests()
    try:
        with monkeypatch.context() as patched:
            patched.setattr(fingerprint, "version", lambda name: f"a newer {name}")
            assert digests()[0] != before[0]
        with monkeypatch.context() as patched:
            package = tmp_path / "homework"
            shutil.copytree(Path(homework.__file__).parent, package)
            patched.setattr(homework, "__file__", str(package / "__init__.py"))
            assert digests() == before
            with (package / "judge" / "naming.py").open("a") as module:
                module.write("\n")
            assert all(new != old for new, old in zip(digests(), before, strict=True))
    finally:
        assert digests() == before


# ---------------------------------------------------------------------------------------------- what is kept


def test_nothing_is_judged_twice_unless_something_changed(own_course: Course) -> None:
    """And without torch, whose import alone takes seconds."""
    first = run_homework("check", TASK, "--verbose", course=own_course.root)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "known from before" not in first.stdout
    program = f"""
        import sys
        from homework.cli import main
        try:
            main(["check", "{TASK}", "--verbose"])
        finally:
            assert not {{"torch", "numpy", "nbgrader"}} & set(sys.modules), "imported"
    """
    again = subprocess.run(
        [sys.executable, "-c", program.replace("\n        ", "\n")],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOMEWORK_COURSE": str(own_course.root)},
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert again.stdout == f"{first.stdout}hw1: 32 of 32 are known from before (--fresh)\n"
    ignored = (own_course.root / ".homework_cache" / ".gitignore").read_text()
    assert ignored.endswith("\n*\n")

    # The test no longer takes capital letters: what is known does not hold, and what is found now is not kept.
    path = own_course.tests("hw1", "learning_rate_labels")
    text = path.read_text()
    path.write_text(text.replace('"".join(given[:1]).lower()', '"".join(given[:1])'))
    assert path.read_text() != text
    for _ in range(2):
        done = run_homework("check", TASK, course=own_course.root)
        assert done.returncode == 1, done.stdout
        assert "variant" in done.stdout and "must get full marks but fails" in done.stdout
        assert "known from before" not in done.stdout


ROWS = [SolutionRow("cross_corr_2d", "reference", "reference", 1.0, 1.0, {"test_a": "passed"}, "")]


def kept(course: Course, rows: list[SolutionRow] = ROWS) -> Path:
    """Keep rows of one exercise; the file in which they are."""
    found = Kept()
    found.keep("cross_corr_2d", "digest", rows)
    found.keep_problems("whole", None, [])
    found.write(course, "hw1")
    return course.root / ".homework_cache" / "check" / "hw1.json"


def test_what_is_kept_is_found_by_its_digest(copy: Course) -> None:
    path = kept(copy)
    read = Kept.read(copy, "hw1")
    assert read.rows_of("cross_corr_2d", "digest") == ROWS
    assert read.problems_of("whole", None) == []
    assert read.rows_of("cross_corr_2d", "other") is None
    assert read.problems_of("whole", ["cross_corr_2d"]) is read.problems_of("other", None) is None
    assert [one.name for one in path.parent.iterdir()] == ["hw1.json"]


@pytest.mark.parametrize(
    "row",
    [
        SolutionRow(
            "cross_corr_2d", "variant", "v", 0.0, 1.0, {"test_a": "failed"}, "", "must get full marks"
        ),
        SolutionRow("cross_corr_2d", "misconception", "m", 0.0, 1.0, {"test_a": "timeout"}, "m"),
    ],
)
def test_problems_and_limits_are_judged_again(copy: Course, row: SolutionRow) -> None:
    kept(copy, [*ROWS, row])
    assert Kept.read(copy, "hw1").rows_of("cross_corr_2d", "digest") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"passed", b"failed"),
        lambda _: b"",
        lambda _: b"[" * 100_000,
        lambda _: b'{"whole": "whole", "problems": {"null": []}}',
        lambda data: data + b"x" * (16 << 20),
    ],
)
def test_a_damaged_or_foreign_file_counts_as_none(copy: Course, damage: Callable[[bytes], bytes]) -> None:
    path = kept(copy)
    path.write_bytes(damage(path.read_bytes()))
    read = Kept.read(copy, "hw1")
    assert read.rows_of("cross_corr_2d", "digest") is None and read.problems_of("whole", None) is None


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path: Path) -> None:
    course = copy_course(tmp_path)
    (course.root / ".homework_cache").write_text("a file")
    kept(course)
    assert Kept.read(course, "hw1").rows_of("cross_corr_2d", "digest") is None
