"""Write the tables of README.md and docs/ that follow from the code, the notebooks and bench/results/.

    .venv/bin/python scripts/generate_docs.py            rewrite them
    .venv/bin/python scripts/generate_docs.py --check    change nothing; status 1 if one is out of date

A table stands between `<!-- generated: NAME -->` and `<!-- end of NAME -->`; NAME is a key of TABLES.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable, Collection, Iterable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import click

from homework import cli
from homework.course import KINDS, Assignment, Course
from homework.sandbox import Limits

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # bench/ and tests/ are no installed packages
from bench import keys, report, scale, waits  # noqa: E402
from tests.homework.attacks import bank as attack_bank  # noqa: E402
from tests.homework.attacks import model_bank  # noqa: E402

BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)
NOT_MEASURED, HELD, CONTAINED = "not measured", "held", "contained"
GAINED, READ, REACHED = "points gained", "secrets in the feedback", "reached what is not its own"
ACTIVE, LOST, SHUT_OUT = "active in the feedback", "not graded", "the next one not graded"
OTHERS = {"nbgrader": "stock nbgrader", "otter": "`otter run`"}
LIMITS = {
    "seconds_per_cell": "one cell of the notebook; then it is interrupted",
    "seconds_per_call": "one call of a hidden test",
    "seconds_per_submission": "all cells and calls of a submission; what it shares with another counts by half",
    "memory": "bytes that all processes of one submission may use",
    "processes": "processes and threads",
    "tmp_bytes": "bytes in `/tmp`, `/dev/shm` and the home folder, together",
    "file_bytes": "bytes of one file",
    "output": "characters kept of each text that a cell shows",
}


def assignments() -> str:
    """Every exercise and its points; the questions of an assignment on one line for each kind."""
    rows = []
    for assignment in Course(ROOT).assignments.values():
        rows += [
            (f"`{assignment.name}`", f"`{exercise.name}`", _points(exercise.points), "hidden tests")
            for exercise in assignment.exercises.values()
            if not exercise.kind.file
        ]
        if choices := [task for task in assignment.exercises.values() if task.kind.file]:
            what = f"{len(choices)} multiple-choice questions: `{choices[0].name}` to `{choices[-1].name}`"
            points = sum(task.points for task in choices)
            rows.append((f"`{assignment.name}`", what, _points(points), "hidden tests"))
        if assignment.questions:
            names = ", ".join(f"`{name}`" for name in assignment.questions)
            points = sum(question.points for question in assignment.questions.values())
            count = len(assignment.questions)
            what = f"{count} written question{'s' * (count != 1)}: {names}"
            rows.append((f"`{assignment.name}`", what, _points(points), "a person"))
        rows.append(
            (
                f"**`{assignment.name}`**",
                f"**{_title(assignment)}**",
                f"**{_points(assignment.max_points)}**",
                "",
            )
        )
    return _table(("assignment", "task", "points", "graded by"), rows, right={2})


def kinds() -> str:
    """Every kind of task, and what `homework check` asks for."""
    rows = []
    for kind in KINDS.values():
        right, wrong = kind.least
        least = (
            f"{right} right, {wrong} wrong solutions"
            if kind.marked_by == "tests"
            else f"{right} sample answers"
        )
        marked_by = "hidden tests" if kind.marked_by == "tests" else "a person"
        rows.append((f"`{kind.name}`", marked_by, kind.group, least))
    return _table(("kind", "marked by", "heading on pages", "at least"), rows)


def commands() -> str:
    """Every command with its arguments, its options and the first paragraph of its help."""
    rows = []
    for name, command in cli.main.commands.items():
        arguments = [
            param.make_metavar(click.Context(command))
            for param in command.params
            if isinstance(param, click.Argument)
        ]
        options = [max(param.opts, key=len) for param in command.params if isinstance(param, click.Option)]
        help_text = " ".join((command.help or "").split("\n\n")[0].split()).replace("*", r"\*")
        rows.append(
            (
                f"`{' '.join(['homework', name, *arguments])}`",
                help_text,
                " ".join(f"`{option}`" for option in options),
            )
        )
    return _table(("command", "what it does", "options"), rows)


def seeds() -> str:
    """Every task of the original documents, and the cells and hidden tests that carry it."""
    rows = []
    for document in tomllib.loads((ROOT / "docs" / "seeds.toml").read_text())["document"]:
        rows.append((f"**{document['name']}**", document["what"]))
        for task in document["task"]:
            where = ", ".join(f"`{one}`" for one in task.get("carried", ()))
            rows.append((task["task"], where or f"planned: {task['planned']}"))
    return _table(("task of the document", "carried by"), rows)


def limits() -> str:
    """What `c.Homework.limits` may set, with the defaults."""
    defaults = Limits()
    rows = [
        (f"`{field.name}`", _size(getattr(defaults, field.name)), LIMITS[field.name])
        for field in fields(Limits)
    ]
    return _table(("limit", "default", "of what"), rows)


def attacks() -> str:
    """Every attack of the bank: what it tries, and what was measured (docs/attacks.json)."""
    measured = _measured_attacks()
    rows = [
        (
            attack.kind,
            f"`{attack.name}`",
            attack.what.replace("|", "\\|"),
            *(_elsewhere(attack, measured.get(attack.name, {}).get(grader)) for grader in OTHERS),
            _here(measured.get(attack.name, {}).get("here")),
        )
        for attack in attack_bank.load()
    ]
    return _table(("kind", "attack", "what it tries", *OTHERS.values(), "here"), rows)


def model_attacks() -> str:
    """Every attack of a network: what it tries, and what must come of it."""
    rows = []
    for attack in model_bank.load():
        counts = [
            f"{getattr(attack, name):,} {word} or more"
            for name, word in (("parameters", "parameters"), ("macs", "MACs"))
            if getattr(attack, name)
        ]
        rows.append(
            (
                f"`{attack.name}`",
                attack.what,
                "refused" if attack.refused is not None else f"counted: {' and '.join(counts)}",
            )
        )
    return _table(("attack", "what it tries", "here"), rows)


def attack_kinds() -> str:
    """How many attacks of each kind there are, and what those that were measured did to other graders."""
    measured = _measured_attacks()
    bank = attack_bank.load()
    rows = []
    for kind in dict.fromkeys(attack.kind for attack in bank):
        attacks = [attack for attack in bank if attack.kind == kind]
        for grader, title in OTHERS.items():
            words = [_elsewhere(attack, measured.get(attack.name, {}).get(grader)) for attack in attacks]
            ran = [found for found in words if found != NOT_MEASURED]
            counts = [
                "–"
                if _not_looked_for(what, kind, grader)
                else str(sum(any(word.startswith(what) for word in found.split(", ")) for found in ran))
                for what in (f"**{GAINED}**", READ, REACHED, ACTIVE, LOST, SHUT_OUT)
            ]
            rows.append((kind, title, f"{len(ran)} of {len(attacks)}", *counts))
    return _table(("kind", "grader", "measured", GAINED, READ, REACHED, ACTIVE, LOST, SHUT_OUT), rows)


def _measured_attacks() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((ROOT / "docs" / "attacks.json").read_text())
    return found


def _not_looked_for(what: str, kind: str, grader: str) -> bool:
    """Whether scripts/attack_other_graders.py looks for this nowhere in a row."""
    if what == SHUT_OUT:
        return kind not in ("escaping", "exhausting")
    if what in (READ, ACTIVE):
        return kind not in ("reading", "looking") or (what == ACTIVE and grader == "otter")
    return False


def _elsewhere(attack: attack_bank.Attack, result: dict[str, Any] | None) -> str:
    if result is None:
        return NOT_MEASURED
    found = []
    if result["score"] is None:
        found.append(f"{LOST} (it hung)" if result["hung"] else LOST)
    elif result["score"] > attack.score:
        found.append(f"**{GAINED}** ({_points(result['score'])} of 15)")
    found += [
        name for key, name in (("secrets", READ), ("escaped", REACHED), ("active", ACTIVE)) if result[key]
    ]
    if attack.kind in ("escaping", "exhausting") and result["neighbour"] is None:
        found.append(SHUT_OUT)
    # Neither grader has a sandbox: what holds such an attack is the container that the measurement is made in.
    return ", ".join(found) or (CONTAINED if attack.kind in ("escaping", "exhausting") else HELD)


def _here(result: dict[str, Any] | None) -> str:
    if result is None:
        return NOT_MEASURED
    if result["status"] != "graded":
        return f"{result['status']}, for a person"
    return f"{_points(result['score'])} of 15: {', '.join(result['verdicts'])}"


def _measured(name: str) -> str:
    """A table of what `make bench` measured last."""
    return _of(report.tables(report.load())[name])


def _of(table: report.Table) -> str:
    return _table(table.heads, table.rows, right=set(range(len(table.heads))) - set(table.words))


TABLES: dict[str, Callable[[], str]] = {
    "assignments": assignments,
    "kinds": kinds,
    "commands": commands,
    "seeds": seeds,
    "limits": limits,
    "attacks": attacks,
    "model_attacks": model_attacks,
    "attack_kinds": attack_kinds,
    "bench_caution": lambda: report.caution(report.load()),
    "bench_waits": lambda: _of(waits.table()),
    "bench_scale": lambda: _of(scale.table()),
    "bench_keys": lambda: _of(keys.table()),
    **{name: partial(_measured, name) for name in report.tables(report.load())},
}


def documents() -> list[Path]:
    """The pages that may hold tables."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def generated(text: str) -> str:
    """`text` with all of its tables as they should be."""
    return BLOCK.sub(lambda block: f"{block[1]}{TABLES[block[2]]()}\n{block[3]}", text)


def main(arguments: list[str]) -> int:
    """Rewrite or check all documents; the exit status."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = [path for path in documents() if generated(path.read_text()) != path.read_text()]
    for path in stale:
        if arguments:
            print(f"{path.relative_to(ROOT)} is out of date: run .venv/bin/python scripts/generate_docs.py")
        else:
            path.write_text(generated(path.read_text()))
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if arguments and stale else 0


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], right: Collection[int] = ()) -> str:
    rules = ["---:" if index in right else "---" for index in range(len(heads))]
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, tuple(rules), *rows)]
    return "\n".join(lines)


def _points(points: float) -> str:
    return f"{points:g}"


def _size(value: float) -> str:
    if not isinstance(value, int) or value < 1 << 20:
        return f"`{value:g}`"
    unit = 30 if value % (1 << 30) == 0 else 20
    return f"`{value >> unit} << {unit}`"


def _title(assignment: Assignment) -> str:
    heading = next(
        line for cell in assignment.cells for line in cell["source"].splitlines() if line.startswith("# ")
    )
    return heading.removeprefix("# ").strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
