"""`homework similar` over a large class, against an earlier build: `python -m bench.similar --before CHECKOUT`.

A class of one exercise, made from the bank's right solutions: everybody leaves out, moves and renames other lines. Each
round compares it in a fresh process of each build. Prints seconds of the processor (a busy machine changes them less
than those of the clock), the peak of memory, and whether both list the same pairs. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
from pathlib import Path

from bench.measure import ROOT
from homework.judge.banks import load

_RUN = """
import hashlib, json, resource, sys, time
from homework.report.similar import compare_code
sources = json.load(sys.stdin)
compare_code("warm", dict(list(sources.items())[:12]))
started = time.process_time()
done = compare_code("task", sources)
seconds = time.process_time() - started
found = [(one.left, one.right, round(one.similarity, 9)) for one in done.pairs]
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(found),
    hashlib.sha256(json.dumps([found, done.bins]).encode()).hexdigest()]))
"""


def solutions(students: int) -> dict[str, str]:
    """The code of a class."""
    bank = load(
        "functions", ROOT / "solutions" / "hw1" / "spatial_batchnorm_backward", "spatial_batchnorm_backward"
    )
    texts, draw = [bank.code(one) for one in bank.variants.values()], random.Random(1)
    found = {}
    for number in range(students):
        lines = [line for line in draw.choice(texts).splitlines() if draw.random() < 0.9]
        for _ in range(6):
            at = draw.randrange(1, len(lines))
            lines[at - 1 : at + 1] = reversed(lines[at - 1 : at + 1])
        for _ in range(draw.randrange(30)):
            names = [f"n{draw.randrange(9)}.m{draw.randrange(99)}" for _ in range(4)]
            lines.insert(draw.randrange(len(lines)), f"    {names[0]} = {names[1]}({names[2]}, {names[3]})")
        found[f"s{number:04}"] = re.sub(r"^\\s+", "    ", "\\n".join(lines), flags=re.MULTILINE)
    return found


def main() -> None:
    """Make the class, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--before", type=Path, help="a checkout to compare with")
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    builds = {"now": ROOT, **({"before": options.before} if options.before else {})}
    code = json.dumps(solutions(options.students))
    found: dict[str, list[list[object]]] = {name: [] for name in builds}
    for _ in range(options.runs):
        for name, build in builds.items():
            environment = {**os.environ, "PYTHONPATH": str(build)}
            command = [sys.executable, "-c", _RUN]
            run = subprocess.run(
                command, input=code, env=environment, text=True, capture_output=True, check=True
            )
            found[name].append(json.loads(run.stdout))
    for name, runs in found.items():
        seconds, memory = (statistics.median(float(str(run[at])) for run in runs) for at in (0, 1))
        print(f"{name}: {seconds:.2f} s, {memory:.0f} MB, {runs[0][2]} pairs, digest {str(runs[0][3])[:12]}")


if __name__ == "__main__":
    main()
