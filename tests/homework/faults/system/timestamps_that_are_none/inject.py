import os

from tests.homework.faults.machine import hand_in


def fault(course, cleanup):
    times = [
        "",
        "yesterday-ish",
        "2026-13-45 99:99",
        "9999-12-31 23:59:59 -2359",
        "9" * 900,
        "\0",
        "2099-01-01 00:00 UTC",
    ]
    for number, text in enumerate(times):
        (hand_in(course, f"dan{number}", course.submitted / "cleo") / "timestamp.txt").write_text(text)
    (hand_in(course, "dan9", course.submitted / "cleo") / "timestamp.txt").write_bytes(b"\xff\xfe\x80")
    os.mkfifo(hand_in(course, "eve", course.submitted / "cleo") / "timestamp.txt")
    yield
