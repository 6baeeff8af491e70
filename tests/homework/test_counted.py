"""Numbers are said with the right form of what they count."""

from __future__ import annotations

from homework.counted import counted


def test_one_is_singular_and_all_else_plural() -> None:
    assert [counted(number, "page") for number in (0, 1, 2)] == ["0 pages", "1 page", "2 pages"]
    assert counted(1, "answer waits", "answers wait") == "1 answer waits"
    assert counted(0, "answer waits", "answers wait") == "0 answers wait"
