"""The table that `homework autograde` prints."""

from __future__ import annotations

import io
import re
from typing import Any

from rich.console import Console

from homework.report.table import print_results
from tests.homework.report.support import OTHERS, a_class, ending, read, result, without_score


def printed(results: list[dict[str, Any]], width: int = 110) -> str:
    """What the table looks like in a terminal."""
    file = io.StringIO()
    print_results(read(results), Console(file=file, width=width, force_terminal=False))
    return file.getvalue()


def test_the_table_has_a_line_for_each_student() -> None:
    lines = printed(a_class()).splitlines()
    assert any(re.match(r"\s*ada +0 +0 +1 +flipped kernel", line) for line in lines)
    assert any(re.match(r"\s*dan +6 +6 +1\s*$", line) for line in lines)
    assert any(re.match(r"\s*gus +– +– +2 +grader-fault", line) for line in lines)
    assert "  fay: The file is empty." in lines
    assert "5 of 7 graded; mean 1.2 of 10 by tests; 7 written answers to review" in lines


def test_a_table_too_wide_for_the_terminal_says_where_marks_were_lost() -> None:
    graded = result("ada", [ending("wide", "failed", 1, "Your output has other values than expected.")])
    exercises = [
        {**graded["exercises"][0], "name": f"exercise_{number}", "score": score, "max": 4.0}
        for number, score in enumerate([4.0] * 9 + [2.5])
    ]
    results = [{**graded, "exercises": exercises}, without_score("fay", "unreadable", "The file is empty.")]
    assert re.search(r"ada( +4){9} +2\.5", printed(results, width=200))
    narrow = printed(results, width=80).splitlines()
    assert any(re.match(r"\s*ada +exercise_9 2\.5/4 ", line) for line in narrow)
    assert any(re.match(r"\s*fay +0 +unreadable", line) for line in narrow)
    assert "exercise_8" not in "".join(narrow)


def test_the_table_of_a_large_class_is_a_summary() -> None:
    results = [{**r, "student": f"{r['student']}{n}"} for n in range(8) for r in a_class()]
    text = printed(results, width=80)
    assert "ada3" not in text
    assert re.search(r"correlate +1\.2 +10 +0 +32 +test_hard", text)
    assert re.search(r"24 +flipped_kernel +correlate", text)
    assert "fay3: The file is empty." in text


def test_a_name_cannot_steer_the_terminal() -> None:
    text = printed(
        [result("\x1b[2J[bold red]x[/]", OTHERS), without_score("y", "unreadable", "bad \x1b]0;pwned\x07")]
    )
    assert "\x1b" not in text
    assert "[bold red]x[/]" in text
