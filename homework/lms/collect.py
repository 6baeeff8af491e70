"""`homework collect`: put what a learning management system gives into `submitted/<student>/<assignment>/`.

Theory of operation. Names in an archive tell a student and nothing else: the target is made of the roster's name and
the assignment's. One student's entry cannot stop the class: what is wrong with it is listed, and the rest is collected.
A second archive replaces what it has anew, and keeps what it replaces in `submitted/.replaced/`.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from homework.course import Course
from homework.errors import UsageError
from homework.lms.archive import Archive, Entry
from homework.lms.readings import Reader, reader_of
from homework.lms.roster import Roster
from homework.lms.student import Collected, Found, StudentFiles
from homework.lms.times import Times
from homework.submission.files import template_of


def collect(
    course: Course,
    assignment: str,
    path: Path,
    *,
    system: str = "",
    pattern: str = "",
    times: Path | None = None,
    dry_run: bool = False,
) -> Collected:
    """Collect the zip file or folder `path`. `system` is whose names it has, if they do not tell.

    `pattern` is a regular expression with the groups `student` and `file`, for names of another form. `times` is
    Moodle's worksheet. Raises UsageError for what is no archive of a class, and for one that cannot be understood.
    """
    task = course.assignment(assignment)
    roster = Roster.load(course)
    known = Times.read(times, roster, course) if times else None
    with Archive.at(path) as archive:
        if known:
            roster = known.roster
        entries = [entry for entry in archive.entries if not entry.ignored]
        done = Collected(ignored=len(archive.entries) - len(entries))
        if not entries:
            raise UsageError(f"{path} contains no files of students")
        reader = reader_of(entries, roster, system, pattern)
        done.system = reader.system
        found = _by_student(entries, reader, done)
        release = cache(partial(template_of, task))
        for student, files in sorted(found.items()):
            mine = StudentFiles(course, assignment, student, archive, done, release, dry_run=dry_run)
            mine.collect(files, task.hands_in, known)
        of_archive = {*found, *reader.refused}
    for student in sorted(set(roster.students) - of_archive):
        before = (course.submitted / student / assignment).is_dir()
        (done.earlier if before else done.missing).append(student)
    return done


def _by_student(entries: list[Entry], reader: Reader, done: Collected) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    typed: dict[str, str] = {}  # texts and links of students
    for entry in entries:
        reading = reader.read(entry)
        if entry.problem or reading.problem:
            if reading.ignored and not entry.problem:
                done.ignored += 1
                continue
            done.refused[entry.name] = entry.problem or reading.problem
            reader.refused.add(reading.student)
        elif reading.ignored or not reading.student:
            done.ignored += 1
            typed.setdefault(reading.student, entry.name)
        else:
            found.setdefault(reading.student, []).append(Found(entry, reading))
    for student, name in typed.items():
        if student and student not in found and student not in reader.refused:
            done.refused[name] = (
                f"it is a text or a link, and there is no file: ask {student} for the notebook"
            )
            done.ignored -= 1
            reader.refused.add(student)
    reader.require_somebody(found, entries)
    return found
