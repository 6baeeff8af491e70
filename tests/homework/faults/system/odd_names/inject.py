import os

from tests.homework.faults.machine import hand_in


def fault(course, cleanup):
    names = [
        "with space",
        "-rf",
        "--help",
        "..dots",
        "*",
        "new\nline",
        "tab\there",
        "Ada",
        "ADA",
        "n" * 255,
        "\u00e9",
        "e\u0301",
        "a'b\"c",
        "a;b&c",
        "💡",
        "%s{}",
        "None",
        "<" * 90,
        os.fsdecode(b"\xff" * 100),
    ]
    for name in names:
        hand_in(course, name, course.submitted / "cleo")
    yield
