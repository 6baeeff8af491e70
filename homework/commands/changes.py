"""What a new release changes for students who have begun to work on the one before."""

from __future__ import annotations

from typing import Any

from homework.course.cells import label, name_of


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """How two released notebooks differ, each with what that does to work in progress."""
    old, new = _cells(before), _cells(after)
    common = [name for name in old if name in new]
    answers = {name for name, cell in new.items() if label(cell).solution}
    differ = [name for name in common if _text(old[name]) != _text(new[name])]
    told = [
        (
            [name for name in new if name not in old],
            "added",
            "who has begun does not have them: say so, and hand out the new release; an empty task has no points",
        ),
        (
            [name for name in old if name not in new],
            "removed",
            "what students wrote there stays in their notebooks as cells of their own, and is not graded",
        ),
        (
            _moved(common, [name for name in new if name in old]),
            "moved",
            "a tool that merges releases line by line can lose or double them; put them back if you can",
        ),
        (
            [name for name in common if label(old[name]).points != label(new[name]).points],
            "worth other points",
            "everybody is graded with the new points; say so",
        ),
        (
            [name for name in differ if name in answers],
            "changed for those who begin now",
            "who has begun keeps the old text there",
        ),
        (
            [name for name in differ if name not in answers],
            "changed in the text",
            "notebooks that were begun are graded with the new text; nobody loses work",
        ),
    ]
    return [f"{_listed(names)} {what}: {effect}" for names, what, effect in told if names]


def _cells(notebook: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name_of(cell): cell for cell in notebook.get("cells", []) if name_of(cell)}


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _moved(before: list[str], after: list[str]) -> list[str]:
    """The names, in the new order, that stand after another one than before."""
    follows = dict(zip(before[1:], before[:-1], strict=True))
    return [
        name for previous, name in zip(["", *after], after, strict=False) if follows.get(name, "") != previous
    ]


def _listed(names: list[str]) -> str:
    count = f"{len(names)} cell{'s' * (len(names) > 1)}"
    more = f" and {len(names) - 4} more" if len(names) > 5 else ""
    return f"{count} ({', '.join(names if not more else names[:4])}{more})"
