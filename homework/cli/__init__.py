"""The command `homework`. It imports almost nothing, so that `homework --help` answers at once."""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from homework import __version__
from homework.cli import author, grading, machine, marking, people
from homework.cli.common import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_NO_SANDBOX, EXIT_USAGE, fail


class _Group(click.Group):
    """Lists commands in the order of a semester, and prints errors that a user can fix as one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        from homework.errors import CourseError, UsageError

        for stream in (sys.stdout, sys.stderr):  # a terminal without Unicode shows a question mark
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except UsageError as error:
            fail(str(error), EXIT_USAGE)
        except CourseError as error:
            fail(str(error), EXIT_FAILED)
        except KeyboardInterrupt:
            fail("interrupted", EXIT_INTERRUPTED)
        except OSError as error:
            if error.strerror is None:
                raise
            # A full disk, a folder without write permission: a traceback would not help.
            where = f"{error.filename}: " if error.filename else ""
            fail(f"{where}{error.strerror}; fix that and run the same command again", EXIT_FAILED)
        except Exception as error:
            from homework.sandbox import SandboxError, SandboxUnavailable

            if isinstance(error, SandboxUnavailable):
                fail(f"nothing was graded: {error}", EXIT_NO_SANDBOX)
            if isinstance(error, SandboxError):
                fail(f"{error} (`homework doctor` looks for the cause)", EXIT_FAILED)
            raise


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="homework")
def main() -> None:
    """Release, grade and return homework notebooks.

    Student code runs in a sandbox that contains no solutions. Hidden tests run outside of it, compare the results with
    the reference solutions and name what was misunderstood. Written answers are marked on a page (homework review), or
    in nbgrader's Formgrader.

    \b
    A semester:  edit source/ -> homework release hw1 -> students -> submitted/<student>/hw1/
                 -> homework autograde hw1 -> homework review hw1 -> homework feedback hw1
                 -> homework export

    Run inside the course's folder, or set HOMEWORK_COURSE to it. Exit status: 0 done, 1 something failed,
    2 wrong usage, 3 no working sandbox (then nothing is graded), 130 interrupted.
    """  # noqa: D301  # \b is a character here: click keeps the lines of a paragraph that begins with it


for _command in (  # in the order of a semester
    machine.demo,
    author.new,
    author.release,
    people.roster,
    people.students,
    people.collect,
    grading.autograde,
    grading.watch,
    grading.regrade,
    grading.grade,
    author.try_,
    author.splice,
    author.solve,
    author.check,
    marking.review,
    marking.feedback,
    people.export,
    marking.report,
    marking.name,
    marking.similar,
    people.gradescope,
    machine.doctor,
    machine.serve,
):
    main.add_command(_command)
