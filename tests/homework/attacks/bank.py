"""The bank of attacks: each folder of `attacks/` is one submission that tries something, and what must come of it.

attacks/<name>/attack.py       code that is put into the release's solution cell, as a student would
attacks/<name>/make.py         or, where the form of what is handed in is the attack: `make(folder, release, references)`
                               fills the folder that is handed in
attacks/<name>/expected.toml   `what` it tries and which `kind` of attack it is; the student's name, where that matters;
                               and under `expected` the status, the score and the verdicts that its tests may have;
                               under `landlock` those that they may have besides in the second tier of the sandbox

All of them attack a course of one exercise and one question, cut out of hw1. What an attack may never bring back is
the same for all: a canary (planted in every place that holds a secret), the word that an attack prints when it has
got out, and the word before what it says of hidden inputs.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homework.course import Course
from homework.course.cells import grade_cell, name_of, question_cell
from homework.submission.splice import splice
from homework.submission.template import Template

FOLDER = Path(__file__).parent
EXERCISE, QUESTION = "cross_corr_2d", "warmup_a"
KEPT = ("setup", question_cell(QUESTION), QUESTION, f"{EXERCISE}_text", EXERCISE, grade_cell(EXERCISE))
# Short, so that the bank takes minutes; long enough for a right submission on a machine that is busy.
LIMITS = {
    "seconds_per_cell": 1.5,
    "seconds_per_call": 0.75,
    "seconds_per_submission": 5,
    "memory": 384 << 20,
    "tmp_bytes": 64 << 20,
}
# What attacks say when they have got somewhere. They put the words together, so that their own source holds neither.
ESCAPED, LOOT = "escaped:", "loot:"
# The name of every file that an attack tries to leave somewhere.
LEFT = "homework-attack-canary"


@dataclass(frozen=True)
class Attack:
    """One attack.

    `verdicts`: those that hidden tests may end with; `landlock`: others, in that tier; `student`: whose name matters,
    else "".
    """

    name: str
    what: str
    kind: str
    student: str
    status: str
    score: float
    verdicts: frozenset[str]
    landlock: frozenset[str]

    def hand_in(self, folder: Path, release: dict[str, Any], references: dict[str, str]) -> None:
        """Fill `folder`, `submitted/<student>/hw1`, with what this attack hands in."""
        home = FOLDER / self.name
        if (home / "attack.py").is_file():
            notebook = splice(Template(release), (home / "attack.py").read_text())
            (folder / "hw1.ipynb").write_text(json.dumps(notebook))
            return
        spec = importlib.util.spec_from_file_location(f"attack_{self.name}", home / "make.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.make(folder, copy.deepcopy(release), references)


def load() -> list[Attack]:
    """All attacks of the bank, by kind and name."""
    attacks = []
    for path in FOLDER.glob("*/expected.toml"):
        text = tomllib.loads(path.read_text())
        expected = text["expected"]
        attacks.append(
            Attack(
                path.parent.name,
                text["what"],
                text["kind"],
                text.get("student", ""),
                expected["status"],
                float(expected["score"]),
                frozenset(expected["verdicts"]),
                frozenset(expected.get("landlock", ())),
            )
        )
    kinds = ("forging", "reading", "escaping", "exhausting", "looking")
    return sorted(attacks, key=lambda attack: (kinds.index(attack.kind), attack.name))


def cut(course: Course) -> dict[str, Any]:
    """Leave one exercise and one question of hw1 in a copy of the course; the release."""
    for path in (course.assignment("hw1").notebook, course.assignment("hw1").released_notebook):
        notebook = json.loads(path.read_text())
        notebook["cells"] = [cell for cell in notebook["cells"] if name_of(cell) in KEPT]
        path.write_text(json.dumps(notebook))
    return notebook
