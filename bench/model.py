"""What grading a network costs, next to its forward pass over the hidden pictures and to a submission of hw1.

    .venv/bin/python -m bench.model [--runs N]

All in one warm process, in turns: the three are measured in each round, so that all meet the same disturbances. The
goal: a network takes at most 1.3 times its forward pass, plus what a submission of hw1 takes. Medians with the smallest
and the largest; nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from bench.latency import timed
from homework.course import Course
from homework.grading import Grader
from homework.judge.weights import read_weights
from homework.submission.handin import Part, Submission
from homework.submission.splice import splice

EXERCISE, FILE = "CompressedCNN", "compressed.safetensors"
PICTURES, TOGETHER = 2000, 125  # as tests/hw4/test_CompressedCNN.py has them
OWN = {"width": 0.16, "gap": True, "pointwise": True}  # the arguments of all of them
ENTRIES = ("reference", "separable", "step_two_alone", "step_one_alone", "baseline_untouched")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.model", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    torch.set_num_threads(1)
    course = Course.find(Path(__file__))
    table = Table(title=f"one network, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {runs} rounds")
    for column in ("network", "forward ms", "hw1 ms", "graded ms", "(graded - hw1) / forward"):
        table.add_column(column, justify="left" if column == "network" else "right")
    with Grader(course, "hw4") as grader, Grader(course, "hw1") as other:
        bank = next(one.bank for one in grader.exercises if one.name == EXERCISE)
        references = "\n\n".join(one.bank.code() for one in other.exercises)
        usual = Submission("hw1", json.dumps(splice(other.template, references)).encode())
        other.grade([usual])
        images = torch.randn(PICTURES, 3, 32, 32)
        for name in ENTRIES:
            entry = None if name == "reference" else {**bank.variants, **bank.misconceptions}[name]
            files = bank.files(entry, [FILE])
            notebook = json.dumps(splice(grader.template, bank.code(entry))).encode()
            submission = Submission(name, notebook, files=files, part=Part(frozenset({EXERCISE})))
            model = (bank.reference if entry is None else entry.function)(**OWN).eval()
            weights = read_weights(files[FILE], FILE)
            model.load_state_dict({n: v.float() if v.is_floating_point() else v for n, v in weights.items()})

            def forward(model: torch.nn.Module = model) -> None:
                with torch.no_grad():
                    for part in images.split(TOGETHER):
                        model(part)

            def graded(submission: Submission = submission) -> None:
                grader.grade([submission])

            graded()
            rounds = [
                [timed(job) for job in (forward, lambda: other.grade([usual]), graded)] for _ in range(runs)
            ]
            columns = list(zip(*rounds, strict=True))
            ratio = [(mine - hw1) / bare for bare, hw1, mine in rounds]
            table.add_row(name, *(_shown([1000 * t for t in times]) for times in columns), _shown(ratio))
    Console().print(table)


def _shown(values: list[float]) -> str:
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


if __name__ == "__main__":
    main()
