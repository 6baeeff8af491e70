"""Copies are listed as similar; independent answers and the starter are not."""

from __future__ import annotations

import csv
from pathlib import Path

from homework.course import Course
from homework.judge.banks import load
from homework.report.similar import code_pairs, prose_pairs, write_similar
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
    assert [pair for pair in code_pairs("correlate", others) if pair.similarity >= 0.6] == []
    found = code_pairs("correlate", {"ada": BASE, "bob": RENAMED})
    assert [(pair.left, pair.right) for pair in found if pair.similarity >= 0.6] == [("ada", "bob")]
    assert "torch . zeros" in found[0].shared
    assert code_pairs("correlate", {"ada": BASE, "bob": RENAMED}, starter=BASE) == []
    assert code_pairs("correlate", {"ada": "x = 1 +", "bob": "x = 1 +"}) == []


def test_an_edited_answer_is_similar_and_another_to_the_same_question_is_not() -> None:
    edited = "In short: " + TEXT.replace("whole ", "").replace("single ", "")
    (pair,) = prose_pairs("depth", {"ada": TEXT, "bob": edited, "cyd": OTHER})
    assert (pair.left, pair.right) == ("ada", "bob")
    assert pair.similarity > 0.65
    assert prose_pairs("depth", {"ada": "Depth helps.", "bob": "Depth helps."}) == []


def test_pairs_are_written_for_spreadsheets(tmp_path: Path) -> None:
    course: Course = make_course(tmp_path / "a course", {"ada": TEXT, "bob": TEXT.upper(), "cyd": OTHER})
    path, pairs = write_similar(course, "hw1")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["task"], row["left"], row["right"]) for row in rows] == [
        ("depth", "ada", "bob"),
        ("width", "ada", "bob"),
    ]
    assert len(pairs) == 2
