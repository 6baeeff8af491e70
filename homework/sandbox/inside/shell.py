"""The shell that runs a notebook's cells: IPython, in one object that the zygote makes.

Theory of operation. IPython tokenizes a cell and compiles it four times, which takes longer than most cells run. So a
cell of plain Python is compiled and executed here, as the shell would do it. Magics, shell escapes and mistakes go
through the shell; and so does every cell once the notebook has changed how the shell runs cells.

IPython's classes are extended in three places, and each method that is replaced says why. Names and arguments are those
of IPython 9.18.
"""

from __future__ import annotations

import ast
import contextlib
import linecache
import re
import sys
from collections.abc import Iterator
from types import CodeType
from typing import Any

import matplotlib

from . import room, traces
from .outputs import Outputs

matplotlib.use("agg")  # before IPython is imported

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


class Shell:
    """Runs cells; `outputs` gathers what the cell that is running shows."""

    def __init__(self) -> None:
        self.outputs = Outputs()
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        self._ipython = _IPython.instance(self.outputs, config=config)
        self._compiled: dict[
            tuple[str, str], list[CodeType]
        ] = {}  # filled in the zygote; a session only looks
        self._untouched: tuple[Any, ...] = ()
        # The first cell pays for imports and caches: let it be one of ours. Figures are shown as in Jupyter.
        for source in ("%matplotlib inline", "1 + 1", "raise NotImplementedError"):
            self.run_cell("warm_up", source)
        self._untouched = self._settings()  # before any notebook touched them

    @property
    def names(self) -> dict[str, Any]:
        """The notebook's names: the very dict in which its functions look them up."""
        names: dict[str, Any] = self._ipython.user_ns
        return names

    def compile_ahead(self, name: str, source: str) -> None:
        """Compile a cell that every student has got, once for all sessions."""
        file = traces.file_of(name)
        self._compiled[file, source] = _plain_python(file, source)

    def run_cell(self, name: str, source: str) -> dict[str, Any]:
        """Run one cell: its status, "ok" or "raised", and its outputs."""
        file = traces.file_of(name)
        self._ipython.compile.file, self._ipython.compile.source = file, ""
        self.outputs.clear()
        status = "ok"
        try:
            parts = self._compiled.get((file, source))
            if parts is None:
                parts = _plain_python(file, source)
            room.hold()
            if parts and self._settings() == self._untouched:
                self._run_plainly(parts)
            elif not self._ipython.run_cell(source, store_history=False).success:
                status = "raised"
        except (
            BaseException
        ) as error:  # the shell, too, lets SystemExit and KeyboardInterrupt through at places
            room.give()
            self.outputs.error(type(error), error, error.__traceback__)
            status = "raised"
        finally:
            room.give()
            sys.settrace(None)
        return {"status": status, "outputs": self.outputs.clear()}

    def _run_plainly(self, parts: list[CodeType]) -> None:
        """Run a cell's code as the shell does."""
        with self._ipython.builtin_trap, self._ipython.display_trap:
            try:
                for part in parts:
                    exec(part, self.names)
            finally:
                self._ipython.events.trigger("post_execute")  # on which figures are shown

    def _settings(self) -> tuple[Any, ...]:
        """What of the shell decides how it runs a cell: a notebook may change it."""
        hooks = {event: list(functions) for event, functions in self._ipython.events.callbacks.items()}
        transformers = (
            *self._ipython.input_transformers_cleanup,
            *self._ipython.input_transformers_post,
            *self._ipython.ast_transformers,
        )
        return self._ipython.ast_node_interactivity, transformers, hooks


# ---------------------------------------------------------------------------------------------- IPython's classes


class _DisplayHook(DisplayHook):
    """Handles the value of an expression."""

    shell: Any  # the `_IPython` that made it

    def quiet(self) -> bool:
        """Replaced: whether a semicolon ends the cell; IPython looks in its history, which is off here."""
        source = self.shell.compile.source
        return bool(source) and self.semicolon_at_end_of_expression(source)

    def __call__(self, result: Any = None) -> None:
        """Replaced: the value becomes an output; IPython's prints it, with a prompt."""
        if result is None or self.quiet():
            return
        self.fill_exec_result(result)
        self.update_user_ns(result)
        data, _ = self.shell.display_formatter.format(result, include={"text/plain", "image/png"})
        self.shell.outputs.display(data)


class _DisplayPublisher(DisplayPublisher):
    """Handles `display(…)` and figures."""

    shell: Any  # the `_IPython` that made it

    def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
        """Replaced: what is displayed becomes an output; IPython's prints its text."""
        self.shell.outputs.display(data)

    def clear_output(self, wait: bool = False) -> None:
        """Replaced: IPython's prints what clears a line of a terminal."""


class _Compiler(CachingCompiler):
    """Compiles the cells that go through the shell.

    `file`: the file name of the cell that is running; `source`: its Python, magics replaced, once it is compiled here.
    """

    file = source = ""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Replaced: an error can be told by its cell, and its line there; IPython's is a digest of the source."""
        self.source = transformed_code
        return self.file


class _IPython(InteractiveShell):
    """The shell. `outputs`: where what a cell shows goes."""

    compile: _Compiler

    def __init__(self, outputs: Outputs, **options: Any) -> None:
        self.outputs = outputs
        super().__init__(
            displayhook_class=_DisplayHook,
            display_pub_class=_DisplayPublisher,
            compiler_class=_Compiler,
            colors="nocolor",
            **options,
        )

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        """Replaced: ours is short, without colors, and has only lines of the notebook's own cells.

        `exc_tuple`: what IPython caught when it tokenized a cell, as Python's tokenizer raises TabError since 3.12.
        """
        room.give()
        kind, error, trace = exc_tuple or sys.exc_info()
        if kind is not None:
            self.outputs.error(kind, error, trace)

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """Replaced for the same reason."""
        self.showtraceback()

    def enable_gui(self, gui: Any = None) -> None:
        """Replaced: IPython's raises, as a shell without a terminal has to bring its own; there is no window here."""

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        """Replaced: IPython 9 keeps all that a cell prints for its history; endless output would fill the memory."""
        yield


# ---------------------------------------------------------------------------------------------- plain Python


def _plain_python(file: str, source: str) -> list[CodeType]:
    """The code of a cell, an expression at its end apart; empty where it is not plain Python, but of magic or wrong."""
    if source.lstrip().startswith("In ["):  # a pasted prompt can look like an annotation
        return []
    try:
        tree: str | ast.Module = source
        last: list[ast.stmt] = []
        if not _ends_in_a_block(source):
            tree = ast.parse(source, file)
            if tree.body and isinstance(tree.body[-1], ast.Expr) and not _is_quiet(source, tree.body[-1]):
                last = [tree.body.pop()]
        # This module's `__future__` must not hold there.
        parts = [compile(tree, file, "exec", dont_inherit=True)]
        if last:
            parts.append(compile(ast.Interactive(last), file, "single", dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return []
    linecache.cache[file] = (len(source), None, [f"{line}\n" for line in source.split("\n")], file)
    return parts


def _is_quiet(source: str, last: ast.Expr) -> bool:
    """Whether a semicolon behind the expression says not to show it."""
    assert last.end_lineno is not None and last.end_col_offset is not None
    rest = source.split("\n")[last.end_lineno - 1].encode()[last.end_col_offset :]
    return rest.lstrip().startswith(b";")


_LONG_QUOTES = ("'''", '"""')
_BLOCK = re.compile(r"(async|class|def|elif|else|except|finally|for|if|try|while|with)\b")


def _ends_in_a_block(source: str) -> bool:
    """Whether the last statement of a cell is surely no expression, but a function as a rule.

    A tree takes longer to make, and to compile, than the text, and is only needed to set an expression apart.
    """
    lines = [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines or not lines[-1].startswith((" ", "\t")):
        return False
    number = max((n for n, line in enumerate(lines) if not line.startswith((" ", "\t"))), default=0)
    before = "\n".join(lines[:number])
    return bool(_BLOCK.match(lines[number])) and all(before.count(quotes) % 2 == 0 for quotes in _LONG_QUOTES)
