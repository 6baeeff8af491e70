"""What `homework collect` prints."""

from __future__ import annotations

from collections.abc import Iterator

from homework.lms.student import Collected
from homework.untrusted.text import printable


def said(done: Collected, assignment: str) -> Iterator[str]:
    """What became of an archive: counts, then names; nothing in them controls a terminal."""
    counts = {
        "taken": len(done.taken),
        "late": len(done.late),
        "unchanged": len(done.unchanged),
        "replaced": len(done.replaced),
        "ignored": done.ignored,
        "refused": len(done.refused),
        "missing": len(done.missing),
    }
    if done.earlier:
        counts["handed in earlier"] = len(done.earlier)
    system = f" ({done.system})" if done.system else ""
    yield f"{assignment}{system}: {', '.join(f'{count} {name}' for name, count in counts.items())}"
    for name in ("late", "replaced", "missing"):
        if students := getattr(done, name):
            yield f"  {name}: {', '.join(map(printable, students))}"
    for note in done.notes:
        yield f"  note: {printable(note)}"
    for entry, why in done.refused.items():
        yield f"  refused {printable(entry, 200)}: {printable(why)}"
