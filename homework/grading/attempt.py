"""One submission in the sandbox: its cells are run, from top to bottom, before any hidden test makes a call.

Theory of operation. The cells are run ahead of time, in a thread of the grader, while the previous submission is
judged. A cell that hangs or crashes costs the session; the cells are run again without that cell. No submission is
charged for sharing the machine: what runs out of time while another one was being judged is run again, alone, with all
its time. So that two slow submissions do not take the time of three, none shares the machine for long.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Collection
from concurrent import futures
from typing import Any, NoReturn

from homework.grading import stopped
from homework.grading.clock import Allowance, Overlap
from homework.sandbox import SandboxFault, StudentFault
from homework.sandbox.limits import SUBMISSION_OUTPUT_BYTES
from homework.sandbox.session import CellResult, Session
from homework.submission.handin import Part, Submission
from homework.submission.rebuild import Rebuilt
from homework.submission.template import NotebookCell

_MAX_RESTARTS = 6
_MOST_LEFT_OUT = 10  # lines of one cell
_ATTEMPTS = 2  # when the sandbox of a submission is lost
_MOST_SHARED = (
    0.5  # of a submission's seconds: longer than that its cells do not run next to another one's calls
)
_LONG = 0.5  # seconds; the state of cells that ran longer is kept rather than computed again

Outputs = list[list[dict[str, Any]]]  # of each cell
_REASONS = {
    "timeout": "took too long",
    "memory": "used too much memory",
    "crashed": "ended the Python process",
}


class _Disturbed(Exception):
    """The cells took long, or too long, while the previous submission was being judged."""


class Attempt:
    """Runs the cells of one submission in `thread`, starting now; `wait` waits for them.

    `open_session` opens a session of the sandbox. `seconds` is the submission's time limit. `before` is the overlap
    with the previous submission, which may still be in the judge. `part`: what will be judged (None: everything); what
    follows its last solution cell is not run, as that cannot change which names its calls find.
    """

    def __init__(
        self,
        submission: Submission,
        rebuilt: Rebuilt,
        open_session: Callable[[], Session],
        seconds: float,
        thread: futures.Executor,
        before: Overlap | None,
        part: Part | None = None,
    ) -> None:
        self.submission = submission
        self.rebuilt = rebuilt
        self.outputs: Outputs = [[] for _ in rebuilt.cells]
        self.session: Session | None = None
        self.reached: set[str] = set()  # exercises whose grade cell the session reached
        self.out_of_time = False  # if so, the rest of the cells was not run
        self.took_long = False  # if so, its state is worth keeping
        self.after = Overlap()  # with the next submission
        self._before = before or Overlap()
        self._open_session = open_session
        self._seconds = seconds
        self._allowance: Allowance | None = (
            None  # set when the first session is open: the previous one may have been slow to end
        )
        self._began = 0.0  # when that was
        self._sources: dict[int, str] = {}  # of cells from which lines were left out, by index
        self._explained: dict[str, str] = {}  # texts of faults, by the text before
        self._stops: dict[str, stopped.Stop] = {}  # own cells that stopped, by name
        self._whole = len(rebuilt.cells) if part is None else _end_of(rebuilt.cells, part.exercises)
        self._end = self._whole  # what follows is not run
        self._left_out = frozenset() if part is None else part.left_out
        # Of the last grade cell only the place matters then, not the examples in it.
        self._examples = None if part is None else self._whole - 1
        self._lost: set[int] = set()  # cells that ended a session, by index
        self._room = SUBMISSION_OUTPUT_BYTES
        self._closed = False
        self._running = thread.submit(self._run_first)

    def __enter__(self) -> Attempt:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End its session, even if a cell is running."""
        self._closed = True
        if self.session is not None:
            self.session.end()
        futures.wait([self._running])
        if self.session is not None:
            self.session.close()
        self.after.calls.end()

    def wait(self) -> None:
        """Wait until the cells have been run, and keep their outputs. Raises SandboxFault if that failed."""
        self.outputs = self._running.result()
        self._before = Overlap()  # the previous submission has been judged: cells that run again are alone
        self.time.start(self.after.cells)
        self.after.calls.begin()

    @property
    def time(self) -> Allowance:
        """The time that the submission has left."""
        assert self._allowance is not None  # its first session has been opened
        return self._allowance

    def wait_until_alone(self) -> None:
        """Wait until the next submission's cells have been run."""
        self.after.calls.pause()
        self.after.cells.wait()
        self.after.calls.begin()

    def run(self) -> Outputs:
        """Run the cells in a new session, and again in another one whenever a cell ends it. Returns their outputs.

        Raises SandboxFault if the sandbox was lost.
        """
        started = time.monotonic()
        for attempt in range(_MAX_RESTARTS + 1):
            if self.session is not None:
                self.session.close()
            self.session = self._open_session()
            if self._closed:
                raise SandboxFault("ended before its cells had been run")
            if self._allowance is None:
                self._allowance = Allowance(self._seconds)
                self._allowance.start(self._before.calls)
                self._began = time.monotonic()
            self._room = SUBMISSION_OUTPUT_BYTES
            outputs = [_displayed_to_student(cell) for cell in self.rebuilt.cells]
            ended_it = self._run_in(self.session, outputs)
            if ended_it is None:
                break
            if attempt == _MAX_RESTARTS - 1:
                self._end = ended_it
                self._note("too many cells ended the Python process; the rest of the notebook was not run")
        self.took_long = self.took_long or time.monotonic() - started > _LONG
        return outputs

    def _run_first(self) -> Outputs:
        """Run the cells, and again, alone, if sharing the machine cost them too much. Returns their outputs."""
        notes = list(self.rebuilt.notes)
        self._before.cells.begin()
        try:
            outputs = self._run_safely()
        except _Disturbed:
            self._before.cells.end()  # the previous submission may be waiting for this
            self._before.calls.wait()
            self._end, self.out_of_time, self._allowance = self._whole, False, None
            self._lost.clear()
            self._sources.clear()
            self.rebuilt.notes[:] = notes
            outputs = self._run_safely()
        finally:
            self._before.cells.end()
        self.time.stop()
        return outputs

    def _run_safely(self) -> Outputs:
        """Run the cells, and once more if the sandbox is lost. Returns their outputs."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self.run()
            except SandboxFault:
                if self._closed or attempt == _ATTEMPTS:
                    raise
                self._allowance = None
        raise AssertionError("unreachable")

    def _run_in(self, session: Session, outputs: Outputs) -> int | None:
        """Run the cells in `session` until time runs out. Returns the index of the cell that ended it, if one did."""
        self.reached = set()
        self._stops = {}
        gone: set[str] = set()  # names of modules that are not there
        begun = time.monotonic()
        for index, cell in enumerate(self.rebuilt.cells[: self._end]):
            if cell.name in self._left_out:
                continue
            runs = cell.kind == "code" and not cell.train and index not in (self._examples, *self._lost)
            source = self._sources.get(index, cell.source) if runs else ""
            if not source.strip() and not cell.exercise:
                continue
            left = self.time.left()
            if self._before.calls.shared(self._began) > _MOST_SHARED * self._seconds:
                self._disturb(session)
            if left <= 0:
                self._raise_if_disturbed(session, begun)
                self._end, self.out_of_time = index, True
                self._note(
                    "the notebook's cells took too long in total; the rest of the notebook was not run"
                )
                return None
            cell_begun = time.monotonic()
            ended = session.run_cell(self._name(index), source, left, cell.exercise)
            if ended.status == "raised" and cell.own:
                ended = self._stopped(index, source, ended, gone, session)
            if ended.status == "timeout":
                self._raise_if_disturbed(session, cell_begun)
            outputs[index] = self._kept(index, ended.outputs)
            if cell.exercise:
                self.reached.add(cell.exercise)
            if not session.alive:
                self._lost.add(index)
                reason = _REASONS.get(ended.status, "failed")
                self._note(f"cell {self._name(index)} {reason}; the notebook was run without it")
                return index
            if ended.status == "timeout":
                self._note(f"cell {self._name(index)} was interrupted: it took too long")
        return None

    def _stopped(
        self, index: int, source: str, ended: CellResult, gone: set[str], session: Session
    ) -> CellResult:
        """Note why an own cell stopped; first run it again without lines that import what is not there."""
        name = self._name(index)
        for _ in range(_MOST_LEFT_OUT):
            stop = stopped.stop_of(name, source, ended.outputs)
            shorter = stopped.without(source, stop, gone)
            left = self.time.left()
            if shorter is None or left <= 0:
                break
            self._note(f"line {stop.line} of cell {name} was left out: {stop.why}")
            source = self._sources[index] = shorter
            ended = session.run_cell(name, source, left)
            if ended.status != "raised":
                return ended
        else:
            stop = stopped.stop_of(name, source, ended.outputs)
        self._stops[name] = stop
        self._note(f"cell {name} {stop}; {stop.unrun}")
        return ended

    def explain(self, fault: StudentFault) -> None:
        """Add to a fault of a hidden call what is known of the cells that stopped."""
        before = str(fault)
        if before not in self._explained:
            code = (number for number, cell in enumerate(self.rebuilt.cells) if cell.kind == "code")
            sources = {self._name(number): self.rebuilt.cells[number].source for number in code}
            stopped.explain(fault, self._stops, sources)
            self._explained[before] = str(fault)
        fault.args = (self._explained[before],)

    def _raise_if_disturbed(self, session: Session, since: float) -> None:
        if self._before.calls.disturbed(since):
            self._disturb(session)

    @staticmethod
    def _disturb(session: Session) -> NoReturn:
        session.close()
        raise _Disturbed

    def _kept(self, index: int, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The outputs of a cell, or none if all outputs of the submission would become too large to keep."""
        size = sum(len(value) for output in outputs for value in output.values())
        if size > self._room:
            self._note(f"cell {self._name(index)} displayed more than can be kept; its outputs were left out")
            return []
        self._room -= size
        return outputs

    def _name(self, index: int) -> str:
        return self.rebuilt.cells[index].name or f"number {index + 1}"

    def _note(self, note: str) -> None:
        if note not in self.rebuilt.notes:
            self.rebuilt.notes.append(note)


def _end_of(cells: list[NotebookCell], exercises: Collection[str]) -> int:
    """How many of the cells are needed to judge `exercises`: names that are defined further down do not count."""
    return max((index + 1 for index, cell in enumerate(cells) if cell.exercise in exercises), default=0)


def _displayed_to_student(cell: NotebookCell) -> list[dict[str, Any]]:
    """The pictures that a cell which is not run displayed in the student's own run, in the form of its outputs."""
    outputs: list[dict[str, Any]] = []
    for picture in cell.pictures if cell.train else ():
        try:
            data = base64.b64decode(picture)
        except ValueError:
            data = b""  # noted as a picture that cannot be shown
        outputs.append({"type": "png", "png": data})
    return outputs
