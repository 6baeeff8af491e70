"""`homework try`: what a student would read about an attempt, and nothing recorded."""

from __future__ import annotations

import json
import re
from pathlib import Path

from homework.course import Course
from homework.submission.splice import fill
from homework.submission.template import Template
from tests.homework.support import run_homework

FLIPPED = """
import torch.nn.functional as F


def cross_corr_2d(X, K):
    return F.conv2d(X[None, None], K.flip(0, 1)[None, None])[0, 0]
"""


def test_an_attempt_shows_tests_sentences_and_the_page(course: Course, tmp_path: Path) -> None:
    code = tmp_path / "attempt.py"
    code.write_text(FLIPPED)
    done = run_homework("try", "hw1", str(code))
    assert done.returncode == 0, done.stderr
    first, *tests, last = done.stdout.splitlines()
    assert first.startswith("cross_corr_2d: ") and first.endswith(" of 15 points")
    assert any(line.startswith("  x test_") and "[flipped_kernel]: " in line for line in tests)
    assert any(line.startswith("  · test_") for line in tests)
    assert "spatial_batchnorm" not in done.stdout, "which the file does not define"
    page = tmp_path / "attempt.html"
    assert last == f"the student's page: {page}"
    assert "K.flip" in page.read_text() and "180°" in page.read_text()
    assert "65" not in re.findall(r"of (\S+) points", page.read_text()), "the points of all tasks"
    assert "question-warmup_a" not in page.read_text()
    assert not (course.autograded / "attempt").exists()


def test_a_notebook_can_be_tried(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(fill(template, {"cross_corr_2d": FLIPPED, "warmup_a": "Because."})))
    done = run_homework("try", "hw1", str(path), "-o", str(tmp_path / "page.html"))
    assert done.returncode == 0, done.stderr
    assert "spatial_batchnorm_forward: 0 of " in done.stdout
    html = (tmp_path / "page.html").read_text()
    assert "Because." in html
    assert "You have not written <code>spatial_batchnorm_forward</code> yet." in html
    assert "You have not written <code>learning_rate_labels</code> yet." in html
    assert "Your code raised NotImplementedError" not in html


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = run_homework("try", "hw1", str(tmp_path / "nothing.py"))
    assert (done.returncode, "does not exist" in done.stderr) == (2, True)
