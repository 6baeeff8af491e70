"""Reading and rebuilding take work in proportion to what was handed in, counted in lines of ours that run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import homework.submission
from homework.submission import lines
from homework.submission.lines import joined
from homework.submission.read import SubmittedCell
from homework.submission.rebuild import rebuild
from homework.submission.template import Template
from homework.untrusted import markdown

PACKAGE = str(Path(homework.submission.__file__).parent)


def work(function: Callable[..., Any], *args: Any) -> int:
    """How many lines of `homework.submission` run in a call, with nothing cached."""
    count = 0

    def local(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        count += event == "line"
        return local

    lines._bare_kept.cache_clear()
    before = sys.gettrace()
    sys.settrace(lambda frame, *_: local if frame.f_code.co_filename.startswith(PACKAGE) else None)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    return count


def halves(n: int) -> list[SubmittedCell]:
    """Nameless cells, each of which goes on where the one above is not at an end."""
    return [
        SubmittedCell("code", "def cross_corr_2d(X, K):\n    f(1,", "cross_corr_2d"),
        *(SubmittedCell("code", f"    {i},\n    {i + 1},") for i in range(n)),
    ]


def copies(n: int) -> list[SubmittedCell]:
    return [SubmittedCell("code", f"    {i},\n    {i + 1},", "cross_corr_2d") for i in range(n)]


def steps(n: int) -> list[SubmittedCell]:
    """Blocks within blocks, of blanks and tabs in turn, and halves that go on in one of them."""
    stairs = "\n".join(f"{' ' if i % 2 else chr(9)}x = {i}" for i in range(n))
    return [
        SubmittedCell("code", stairs, "cross_corr_2d"),
        *(SubmittedCell("code", f" y = {i}") for i in range(n)),
    ]


def beside(n: int) -> list[SubmittedCell]:
    return [
        SubmittedCell("markdown", "YOUR ANSWER HERE", "warmup_a"),
        *(SubmittedCell("markdown", f"more {i}") for i in range(n)),
    ]


def helpers(n: int) -> list[SubmittedCell]:
    """A function below its examples, and cells that define what it mentions and what these mention."""
    below = [SubmittedCell("code", f"h{i} = h{i + 1} = {i}") for i in range(n)]
    chosen = "def cross_corr_2d(X, K):\n    return h0"
    return [SubmittedCell("code", "", "test_cross_corr_2d"), *reversed(below), SubmittedCell("code", chosen)]


@pytest.mark.parametrize("cells", [halves, copies, steps, beside, helpers])
def test_rebuilding_is_linear(template: Template, cells: Callable[[int], list[SubmittedCell]]) -> None:
    """The work for twice as many cells is about twice as much."""
    once, twice, four = (work(rebuild, template, cells(n)) for n in (200, 400, 800))
    assert four - twice < 3 * (twice - once) + 100  # in proportion: 2; by the square: 4


def test_joining_is_linear() -> None:
    """Each half is read once, not with all that stand above it."""
    once, twice, four = (work(joined, [f"    f({i}," for i in range(n)]) for n in (100, 200, 400))
    assert four - twice <= 2.2 * (twice - once)
    assert joined(["def f():\n    x = (", "    1)\n", "    return x", "y = 1"]) == [
        "def f():\n    x = (\n    1)\n\n    return x",
        "y = 1",
    ]


def test_of_many_copies_the_last_are_read(template: Template) -> None:
    rebuilt = rebuild(template, copies(400))
    assert "cell cross_corr_2d appeared 400 times; only its last 20 copies were read" in rebuilt.notes
    kept = "\n".join(cell.source for cell in rebuilt.cells if cell.own)
    assert "    399," in kept and "    379," not in kept


def test_large_texts_are_not_held_in_memory() -> None:
    """What is cached is bounded by its size: a thousand cells of a megabyte would be two gigabytes."""
    lines._bare_kept.cache_clear()
    for i in range(50):
        lines.bare(f"x = {i}\n" * 10_000)
    assert lines._bare_kept.cache_info().currsize == 0
    lines.bare("x = 1  \n")
    assert lines._bare_kept.cache_info().currsize == 1


def test_a_text_of_very_many_links_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their targets are not looked at one by one."""
    looked = []
    monkeypatch.setattr(
        "homework.untrusted.markdown._parted", lambda found: looked.append(found) or f"{found[0]} "
    )
    made = markdown.markdown("](x)" * 5000 + "[x]:javascript:1", {})
    assert not looked and "](" not in made and "]:" not in made
