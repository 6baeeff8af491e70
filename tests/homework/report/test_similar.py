"""Copies are listed as similar; independent answers and the starter are not."""

from __future__ import annotations

import csv
import json
import random
import tracemalloc
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from homework.course import Course
from homework.errors import UsageError
from homework.judge.banks import load
from homework.report import tokens as compared
from homework.report.similar import BINS, compare_code, compare_prose, cosines
from homework.report.similar_page import write_similar
from homework.report.tokens import code_tokens, grams, shared, words
from tests.homework.review.support import make_course
from tests.homework.support import ROOT

BASE = """
def correlate(X, K):
    # slide the kernel
    rows, columns = K.shape
    out = torch.zeros(X.shape[0] - rows + 1, X.shape[1] - columns + 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (X[i:i + rows, j:j + columns] * K).sum()
    return out
"""
RENAMED = (
    BASE.replace("rows", "h")
    .replace("columns", "w")
    .replace("out", "result")
    .replace("    # slide the kernel\n", "")
)
TEXT = (
    "A deep network builds features from features, so later layers combine edges into parts and parts into whole objects, "
    "while a shallow network of the same quality needs exponentially many units in its single hidden layer."
)
OTHER = (
    "Depth is more economical because some functions that a few layers compute need very wide shallow models, and training "
    "works when initialization and normalization keep gradients from vanishing in the early layers of the model."
)


def test_a_renamed_copy_is_similar_and_independent_code_is_not() -> None:
    bank = load("functions", ROOT / "solutions" / "hw1" / "cross_corr_2d", "cross_corr_2d")
    others = {name: bank.code(variant) for name, variant in bank.variants.items()}
    assert [pair for pair in compare_code("correlate", others).pairs if pair.similarity >= 0.6] == []
    found = compare_code("correlate", {"ada": BASE, "bob": RENAMED}).pairs
    assert [(pair.left, pair.right) for pair in found if pair.similarity >= 0.6] == [("ada", "bob")]
    assert "torch.zeros(X.shape[0] - rows" in found[0].shared
    assert compare_code("correlate", {"ada": BASE, "bob": RENAMED}, starter=BASE).pairs == []
    assert compare_code("correlate", {"ada": "x = 1 +", "bob": "x = 1 +"}).pairs == []


@pytest.mark.parametrize("odd", ["\u2028", "\x0b", "\x85", "\x1e"])
def test_shared_parts_are_marked_where_they_are(odd: str) -> None:
    """Python ends a line at a line feed only, also where a text pasted into a comment has other ends."""
    source = f"# as said{odd}above\nvalue = total(x)\n"
    assert [source[one.start : one.end] for one in code_tokens(source)] == [
        "value",
        "=",
        "total",
        "(",
        "x",
        ")",
    ]


def test_the_same_words_again_and_again_take_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing takes a step for each pair of equal words; of what would take too many, the beginning is compared."""
    monkeypatch.setattr(compared, "_MOST_EQUAL", 10_000)
    one = words("again and " * 1000)
    ((first, other, size),) = shared("prose", one, one)
    assert (first, other) == (0, 0)
    assert 50 < size < 250
    assert shared("prose", words(TEXT), words(TEXT)) == [(0, 0, len(words(TEXT)))]


def test_an_edited_answer_is_similar_and_another_to_the_same_question_is_not() -> None:
    edited = "In short: " + TEXT.replace("whole ", "").replace("single ", "")
    (pair,) = compare_prose("depth", {"ada": TEXT, "bob": edited, "cyd": OTHER}).pairs
    assert (pair.left, pair.right) == ("ada", "bob")
    assert pair.similarity > 0.65
    assert compare_prose("depth", {"ada": "Depth helps.", "bob": "Depth helps."}).pairs == []


def test_the_pairs_of_a_large_class_are_not_kept() -> None:
    """Of six hundred answers 180 thousand; kept as a table they take forty megabytes."""
    texts = {f"s{number:03}": f"{TEXT} My number is {number}." for number in range(600)}
    compare_prose("depth", {"ada": TEXT, "bob": OTHER})  # scikit-learn is imported
    tracemalloc.start()
    try:
        tables = cosines([*texts.values()], range(600))
        rows = sum(len(alike) for _, alike in tables)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows == 600
    assert peak < 10 << 20


def test_all_pairs_are_compared_alike_in_a_class_that_does_not_fit_in_one_table() -> None:
    """As one by one: by the share of runs of tokens that two solutions have in common."""
    draw = random.Random(4)
    lines = [f"    a.f{n} = torch.g{n}(b, c.h{n})\n" for n in range(150)]
    chosen: list[list[str]] = []
    for number in range(230):  # every other one has most of the one before
        chosen.append(chosen[-1][: draw.randrange(25)] if number % 2 else [])
        chosen[-1] += draw.sample(lines, 25 - len(chosen[-1]))
    sources = {f"s{n:03}": "def f(x):\n" + "".join(one) for n, one in enumerate(chosen)}
    sources["(reference)"], sources["(leaked: x.py)"] = sources["s001"], sources["s001"]
    done = compare_code("correlate", sources)
    seen = {name: grams(source) for name, source in sources.items()}
    counts = Counter(gram for name in seen if name[0] == "s" for gram in seen[name])
    seen = {name: {gram for gram in found if counts[gram] <= 46} for name, found in seen.items()}
    alike = {
        pair: len(seen[pair[0]] & seen[pair[1]]) / len(seen[pair[0]] | seen[pair[1]])
        for pair in combinations(sorted(name for name in seen if len(seen[name]) >= 20), 2)
    }
    students = [value for pair, value in alike.items() if pair[0][0] == pair[1][0] == "s"]
    expected = {p: v for p, v in alike.items() if v >= 0.5 and p[1][0] == "s"}
    assert {(one.left, one.right): one.similarity for one in done.pairs} == expected
    assert ("(reference)", "s001") in expected and len(expected) > 5
    assert [sum(int(v * BINS + 1e-9) == n for v in students) for n in range(BINS)] == done.bins
    assert done.compared == len(students) > 1000


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Ada's and bob's answers are the same, and cyd's tries to be markup."""
    return make_course(
        tmp_path / "a course", {"ada": TEXT, "bob": TEXT.upper(), "cyd": f"<script>alert(1)</script> {OTHER}"}
    )


def test_pairs_are_written_for_spreadsheets_and_as_a_page(course: Course) -> None:
    """With the class's own histogram; nothing of a student's is markup."""
    page, found = write_similar(course, "hw1")
    with (page.parent / "similar.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["task"], row["kind"], row["left"], row["right"]) for row in rows] == [
        ("depth", "prose", "ada", "bob"),
        ("width", "prose", "ada", "bob"),
    ]
    assert (rows[0]["tokens_left"], rows[0]["similarity"]) == ("34", "1.000")
    text = page.read_text()
    assert f"<mark>{TEXT[2:-1]}</mark>" in text
    assert f"<mark>{TEXT.upper()[2:-1]}</mark>" in text
    assert "Of 3 pairs of students, 1 lies there." in text
    assert "0.95–1.00" in text
    depth = next(one for one in found if one.task == "depth")
    assert (depth.compared, depth.bins[BINS - 1], depth.above) == (3, 1, 1)


def test_leaked_answers_and_the_model_answer_take_part(course: Course, tmp_path: Path) -> None:
    """They are listed, and are not in the histogram; two of them are not compared."""
    folder = tmp_path / "leaked"
    (folder / "depth").mkdir(parents=True)
    (folder / "depth" / "forum.md").write_text(f"Somebody wrote: {OTHER}")
    cell = {"cell_type": "markdown", "metadata": {}, "source": OTHER}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (folder / "depth" / "old.ipynb").write_text(json.dumps(notebook))
    _, found = write_similar(course, "hw1", folder)
    depth = next(one for one in found if one.task == "depth")
    assert {(pair.left, pair.right) for pair in depth.pairs} == {
        ("ada", "bob"),
        ("(leaked: forum.md)", "cyd"),
        ("(leaked: old.ipynb)", "cyd"),
    }
    assert (depth.compared, depth.above) == (3, 1)
    for wrong in (folder / "depth", tmp_path / "nowhere"):
        with pytest.raises(UsageError, match=r"has no file of a task|is not a folder"):
            write_similar(course, "hw1", wrong)
