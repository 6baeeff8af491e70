"""Work grows no faster than notebooks of any content: steps are counted, since time depends on the machine."""

from __future__ import annotations

from typing import Any

import pytest

from homework.submission import likeness
from homework.submission.read import SubmittedCell
from homework.submission.rebuild import rebuild
from homework.submission.template import Template


@pytest.mark.parametrize(
    ("kind", "source", "name"),
    [
        ("markdown", "teh word is not the word\n", "question_warmup_a"),
        ("markdown", "(b) not the word\n", "warmup_a"),
        ("markdown", "![](" + "badge" * 99 + " ", ""),
        ("code", "# a word about it\n", ""),
        ("code", "a\n", ""),
        ("code", "# (b) not the word\n", "cross_corr_2d"),
    ],
)
def test_of_very_much_only_a_part_is_searched(
    template: Template, monkeypatch: pytest.MonkeyPatch, kind: str, source: str, name: str
) -> None:
    """Of a notebook as large as may be handed in; people write far less than what is searched."""
    words_of, reads = likeness.words_of, likeness._reads_as_prose
    searched: list[int] = []
    monkeypatch.setattr(likeness, "words_of", lambda line: searched.append(len(line)) or words_of(line))
    monkeypatch.setattr(likeness, "_reads_as_prose", lambda text: searched.append(len(text)) or reads(text))
    cells = [SubmittedCell(kind, source * (15_000 // len(source)), name) for _ in range(1900)]
    rebuild(template, cells)
    assert sum(searched) < 6 << 20  # of 28


@pytest.mark.parametrize(
    ("kind", "source", "name"),
    [
        ("markdown", "## 1. Warm-up\n[1]: x *a_ ](\n", ""),
        ("markdown", "teh word is not the word\n", "question_warmup_a"),
        ("code", "# word word word\n", ""),
        ("code", "word word word word\n", ""),
    ],
)
def test_comparisons_grow_with_the_text(
    template: Template, monkeypatch: pytest.MonkeyPatch, kind: str, source: str, name: str
) -> None:
    """Twice the text takes twice the comparisons at most."""
    words_of = likeness.words_of
    counts: list[int] = []

    def counted(line: str) -> str:
        counts[-1] += len(line) + 1
        return words_of(line)

    monkeypatch.setattr(likeness, "words_of", counted)
    headings = "\n".join(cell.source.split("\n")[0] for cell in template.cells if cell.kind == "markdown")
    for cells in (3, 6):
        counts.append(0)
        text = (source + headings + "\n" if kind == "markdown" and not name else source) * 4_000
        notebook: list[Any] = [SubmittedCell(kind, text[:40_000], name) for _ in range(cells)]
        rebuild(template, notebook)
    assert 0 < counts[1] < 2.1 * counts[0]


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_quote_behind_a_backslash_begins_no_string(quote: str) -> None:
    """Where a line has very many and no end, each would be read to the end of the line."""
    assert likeness.remarks(f"\\{quote}one two three four{quote}") == ""
    assert likeness.remarks(f"x = {quote}one two \\{quote}three four{quote}").split() == [
        "one",
        "two",
        f"\\{quote}three",
        "four",
    ]
