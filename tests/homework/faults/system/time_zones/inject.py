from tests.homework.faults.machine import hand_in


def fault(course, cleanup):
    for number, zone in enumerate(["z" * 250, "../../../../etc/passwd", "PST", "."]):
        folder = hand_in(course, f"dan{number}", course.submitted / "cleo")
        (folder / "timestamp.txt").write_text(f"2026-12-02 12:00:00 {zone}")
    yield
