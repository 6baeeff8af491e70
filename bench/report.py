"""Results: one JSON file, the tables made of it (console and docs/performance.md), and the chart.

A part that is measured again takes the place of what it measured before, with its own date, commit and load; so the
tables may hold parts of several days, and say so.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results" / "hw1.json"
QUICK = ROOT / "bench" / "results" / "quick.json"
CHART = ROOT / "docs" / "images" / "bench.png"
SCHEMA = 1
_WHOLE_CLASS = 200

Results = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Heads and rows of text. Columns after the first are numbers, but for those in `words`."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    words: tuple[int, ...] = (0,)


# ------------------------------------------------------------------------------------------------ the file


def load(path: Path = RESULTS) -> Results:
    """The results in `path`; no parts if there is none."""
    if not path.is_file():
        return {"schema": SCHEMA, "parts": {}}
    results: Results = json.loads(path.read_text())
    return results


def store(path: Path, part: str, measured: dict[str, Any]) -> None:
    """Put what was measured of `part` into the file. Results of another machine are not kept beside it."""
    results = load(path)
    if any(other["machine"] != measured["machine"] for other in results["parts"].values()):
        results["parts"] = {}
    results["parts"][part] = measured
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_rounded(results), indent=1) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, (list, tuple)) else value


# ------------------------------------------------------------------------------------------------ figures


def graders(results: Results) -> dict[str, dict[str, Any]]:
    """What was measured of each grader, by its name."""
    prefix = "grader: "
    parts = results["parts"].items()
    return {name.removeprefix(prefix): part["figures"] for name, part in parts if name.startswith(prefix)}


def per_submission(grader: dict[str, Any], what: str = "wall") -> list[float]:
    """Seconds a submission of each round, of the whole class where a sample was measured; `what`: wall, cpu or warm."""
    count, size = grader["submissions"], grader["class"]
    starts = grader.get({"wall": "start", "cpu": "start_cpu"}.get(what, ""))
    if not starts:
        return [seconds / count for seconds in grader[what]]
    rounds = zip(grader[what], starts, strict=True)
    return [(seconds - start) / count + start / size for seconds, start in rounds]


def ratio(upper: Sequence[float], lower: Sequence[float]) -> list[float]:
    """Of each round, where both took part in the same rounds; of the medians otherwise."""
    if len(upper) == len(lower):
        return [a / b for a, b in zip(upper, lower, strict=True)]
    return [statistics.median(upper) / statistics.median(lower)]


def goals(results: Results) -> Iterator[tuple[str, str, str, bool]]:
    """What was aimed at, the goal, what was measured, and whether that reaches it."""
    found = graders(results)
    for name, grader in found.items():
        kind, _, jobs = name.partition(" ")
        if kind != "homework":
            continue
        mine = per_submission(grader)
        label = f"{jobs} job{'s' * (jobs != '1')}"
        if "nbgrader" in found:
            times = ratio(per_submission(found["nbgrader"]), mine)
            yield (
                f"{label} quicker than stock nbgrader (one process)",
                "≥ 40 ×",
                _times(times),
                statistics.median(times) >= 40,
            )
        if f"otter {jobs}" in found:
            times = ratio(per_submission(found[f"otter {jobs}"]), mine)
            yield (
                f"{label} quicker than `otter run`, as many at a time",
                "≥ 60 ×",
                _times(times),
                statistics.median(times) >= 60,
            )
        if floor := found.get(f"floor {jobs}"):
            times = ratio(mine, per_submission(floor))
            yield (
                f"{label} slower than the floor, each with its start",
                "≤ 2 ×",
                _times(times),
                statistics.median(times) <= 2,
            )
            times = ratio(mine, per_submission(floor, "warm"))
            yield (
                f"{label} with start slower than the warm floor",
                "≤ 2 ×",
                _times(times),
                statistics.median(times) <= 2,
            )
    parts = results["parts"]
    if "growth" in parts:
        rows = parts["growth"]["figures"]
        first, last = rows[0], rows[-1]
        if last["size"] == 10 * first["size"]:
            times = [last["seconds"] / first["seconds"]]
            yield (
                f"{last['size']} submissions longer than {first['size']}",
                "≤ 10.5 ×",
                _times(times),
                times[0] <= 10.5,
            )
        for who, most in (("parent", 600), ("worker", 400)):
            peak = max(row["memory"][who] for row in rows)
            label = (
                "memory of the first process" if who == "parent" else "memory of a worker with its sandbox"
            )
            yield label, f"≤ {most} MB", f"{peak:.0f} MB", peak <= most
            flat = _flat(last, who)
            if flat is not None:
                yield f"{label}, last quarter to second", "≤ 1.05 ×", _times([flat]), flat <= 1.05
    for name, most in (("homework --help", 0.3), ("homework grade", 4.0)):
        for part, times in parts.get("cold", {}).get("figures", {}).items():
            if name in part:
                middle = statistics.median(times)
                yield f"cold start of `{name}`", f"≤ {most:g} s", f"{middle:.2f} s", middle <= most


def _flat(row: dict[str, Any], who: str) -> float | None:
    """Whether memory stays as it is, from a class so large that its start is over by the second quarter."""
    value: float | None = row["memory"][f"flat_{who}"] if row["size"] >= _WHOLE_CLASS / 2 else None
    return value


def caution(results: Results) -> str:
    """A sentence on what speaks against the figures; empty where nothing does."""
    parts = results["parts"].values()
    doubts = []
    # Graders with a worker for each core, each with two sessions, make a load of up to 2.5 for each themselves.
    if busy := [part["load"][0] for part in parts if part["load"][0] > 3 * part["machine"]["cores"]]:
        doubts.append(f"the machine was busy with other work (load up to {max(busy):.0f})")
    if any(grader["class"] < _WHOLE_CLASS for grader in graders(results).values()):
        doubts.append(
            f"the class was smaller than {_WHOLE_CLASS}, so that what it takes to start weighs too much"
        )
    if any(len(grader["wall"]) < 3 for grader in graders(results).values()):
        doubts.append("there were fewer than three rounds")
    return f"**Not to be relied on**: {'; '.join(doubts)}. Measure again with `make bench`." if doubts else ""


# ------------------------------------------------------------------------------------------------ tables


def tables(results: Results) -> dict[str, Table]:
    """All tables that the results suffice for, by name."""
    made = {
        "bench_graders": _graders(results),
        "bench_verdicts": _verdicts(results),
        "bench_goals": Table(
            "Goals",
            ("what", "goal", "measured", "reached"),
            [
                (what, goal, found, "yes" if reached else "**no**")
                for what, goal, found, reached in goals(results)
            ],
            (0, 3),
        ),
        "bench_growth": _growth(results),
        "bench_split": _split(results),
        "bench_circumstances": _circumstances(results),
    }
    return {name: table for name, table in made.items() if table.rows}


def _graders(results: Results) -> Table:
    found = graders(results)
    ours = {name: per_submission(grader) for name, grader in found.items() if name.startswith("homework")}
    rows = []
    for name, grader in found.items():
        mine = per_submission(grader)
        ratios = [_times(ratio(mine, other)) if other is not mine else "1" for other in ours.values()]
        rows.append(
            (
                grader["title"],
                _middle(mine),
                _middle(per_submission(grader, "warm")) if "warm" in grader else "",
                _middle(per_submission(grader, "cpu")),
                *(("1" if name == our else text) for our, text in zip(ours, ratios, strict=True)),
                f"{grader['memory']['process']:.0f}",
                f"{grader['memory']['tree']:.0f}",
            )
        )
    heads = ("grader", "s a submission", "of it warm", "processor s", *(f"× `{name}`" for name in ours))
    return Table("Seconds a submission", (*heads, "MB, largest process", "MB, all"), rows)


def _verdicts(results: Results) -> Table:
    rows = []
    for grader in graders(results).values():
        size = grader["class"]
        if "endless" in grader:
            work = statistics.median(per_submission(grader)) * (size - 2)
            endless = (f"{grader['endless']:.0f}", f"{(work + grader['endless']) / size:.2f}")
        else:
            endless = ("", "")
        rows.append(
            (
                grader["title"],
                f"{grader['submissions']} of {size}",
                f"{grader['right']} right, {grader['wrong']} wrong",
                "; ".join(grader["disagreements"]) or "none",
                *endless,
            )
        )
    heads = (
        "grader",
        "submissions",
        "of which",
        "disagreements",
        "s of the endless",
        "s a submission with them",
    )
    return Table("Verdicts, and submissions that never end", heads, rows, (0, 2, 3))


def _growth(results: Results) -> Table:
    rows = []
    for row in results["parts"].get("growth", {}).get("figures", []):
        memory = row["memory"]
        flat = [_flat(row, "parent"), _flat(row, "worker")]
        rows.append(
            (
                str(row["size"]),
                f"{row['seconds']:.1f}",
                f"{row['seconds'] / row['submissions']:.3f}",
                f"{memory['parent']:.0f}",
                f"{memory['worker']:.0f}",
                f"{memory['tree']:.0f}",
                *("" if value is None else f"{value:.2f}" for value in flat),
            )
        )
    heads = ("submissions", "s", "s each", "MB, first process", "MB, a worker with its sandbox", "MB, all")
    return Table("Growth", (*heads, "first process flat", "worker flat"), rows)


def _split(results: Results) -> Table:
    rows = []
    if "split" in results["parts"]:
        figures = results["parts"]["split"]["figures"]
        count, seconds = figures["submissions"], figures["seconds"]
        total = sum(seconds.values())
        rows = [
            (part, f"{spent:.2f}", f"{1000 * spent / count:.1f}", f"{100 * spent / total:.0f} %")
            for part, spent in seconds.items()
        ]
        rows.append(("all", f"{total:.2f}", f"{1000 * total / count:.1f}", ""))
    if "feedback" in results["parts"]:
        figures = results["parts"]["feedback"]["figures"]
        pages, graded = statistics.median(figures["feedback"]), statistics.median(figures["grading"])
        each = 1000 * pages / figures["submissions"]
        rows.append(
            (
                "feedback pages, afterwards",
                f"{pages:.2f}",
                f"{each:.1f}",
                f"{100 * pages / graded:.0f} % of grading",
            )
        )
    return Table("Where the time goes", ("part", "s", "ms a submission", "share"), rows)


def _circumstances(results: Results) -> Table:
    rows = []
    for name, part in results["parts"].items():
        load = f"{part['load'][0]:.1f}"
        versions = part["versions"]
        if not rows:
            machine = part["machine"]
            rows.append(
                (
                    "machine",
                    f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']:g} GB",
                    "",
                    "",
                )
            )
            rows.append(("versions", ", ".join(f"{key} {value}" for key, value in versions.items()), "", ""))
        rows.append((name, part["date"], part["commit"], load))
    return Table("Circumstances", ("part", "when", "commit", "load at its end"), rows, (0, 1, 2))


def _middle(values: Sequence[float]) -> str:
    return f"{_short(statistics.median(values))} ({_short(min(values))}–{_short(max(values))})"


def _times(values: Sequence[float]) -> str:
    text = f"{statistics.median(values):.3g}"
    return f"{text} ({min(values):.3g}–{max(values):.3g})" if len(values) > 1 else text


def _short(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def print_tables(results: Results, console: Any) -> None:
    """All tables on a terminal."""
    from rich.table import Table as Shown

    for table in tables(results).values():
        shown = Shown(title=table.title)
        for index, head in enumerate(table.heads):
            shown.add_column(head.replace("`", ""), justify="left" if index in table.words else "right")
        for row in table.rows:
            shown.add_row(*(cell.replace("`", "").replace("**", "") for cell in row))
        console.print(shown)
    console.print(caution(results).replace("`", "").replace("**", ""))


# ------------------------------------------------------------------------------------------------ chart


def draw(results: Results, path: Path) -> None:
    """Seconds a submission of each grader, and memory over time of the largest class, as a PNG file."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    found = graders(results)
    rows = results["parts"].get("growth", {}).get("figures", [])
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), dpi=110, width_ratios=(3, 2))
    names = sorted(found, key=lambda name: statistics.median(per_submission(found[name])), reverse=True)
    middles = [statistics.median(per_submission(found[name])) for name in names]
    colors = ["#0072B2" if name.startswith("homework") else "#999999" for name in names]
    left.barh([found[name]["title"].replace("`", "") for name in names], middles, color=colors)
    for place, seconds in enumerate(middles):
        left.text(seconds, place, f" {seconds:.2g}", va="center", fontsize=9)
    left.set(xscale="log", xlabel="seconds a submission (logarithmic)")
    left.xaxis.set_minor_formatter("")
    left.margins(x=0.15)
    if caution(results):
        figure.suptitle("not to be relied on: the page says why", fontsize=9, color="#D55E00")
    if rows:
        curve = rows[-1]["memory"]["curve"]
        seconds = [point[0] for point in curve]
        right.plot(seconds, [point[1] for point in curve], color="#0072B2", label="first process")
        right.plot(seconds, [point[2] for point in curve], color="#D55E00", label="a worker with its sandbox")
        right.set(xlabel=f"seconds, class of {rows[-1]['size']}", ylabel="MB (PSS)", ylim=(0, None))
        right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})
    plt.close(figure)
