"""The process that runs a student's cells, and the servers forked from it. Untrusted from the first cell on.

What it says is only ever believed as flat data: see `wire`. Requests on the data socket:

    begin   seed the random generators, write files into the working folder
    cell    run one cell, a grade cell with its exercise -> {"status": "ok"|"raised", "outputs": [...]}
    serve   answer calls on the socket that came along   -> {"status": "ok", "pid": ...}
    call    (to a server) run a driver on the names of the notebook as they were at an exercise's grade cell
            -> {"status": "ok"|"raised"|"missing"|"unsupported", ...}

Who serves: this very process, which then does nothing else, or with ``"fork": true`` a fork of it, so that a server
that is lost can be replaced; not if it has threads, which would not be there in a fork, nor if it cannot fork. A fork
costs as much as a dozen cells (each page that it writes to is copied), so it is for notebooks whose cells took long.
"""

from __future__ import annotations

import array
import ast
import contextlib
import gc
import io
import linecache
import marshal
import os
import random
import re
import signal
import socket
import sys
import threading
import traceback
from types import CodeType
from typing import Any

import matplotlib
import numpy as np
import torch

from . import driver, warm_up, wire

OUTPUTS_CAP = 60  # outputs of one cell
PNG_CAP = 2 << 20  # bytes of one picture
# What a cell shows crosses in one frame: its texts in the header, in which JSON may take 12 bytes for a character.
TEXTS_CAP = wire.MAX_HEADER // 13  # characters of all texts
PICTURES_CAP = 40 << 20  # bytes of all pictures

matplotlib.use("agg")

from IPython.core.compilerop import CachingCompiler  # noqa: E402  (after the backend is chosen)
from IPython.core.displayhook import DisplayHook  # noqa: E402
from IPython.core.displaypub import DisplayPublisher  # noqa: E402
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402


class _Outputs:
    """The outputs of the cell that runs now, capped; `cap`: characters of one text."""

    cap = 0

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.clear()

    def clear(self) -> list[dict[str, Any]]:
        items, self.items = self.items, []
        self.characters, self.bytes = TEXTS_CAP, PICTURES_CAP  # what there is room for
        return items

    def add(self, item: dict[str, Any]) -> None:
        characters = sum(len(value) for value in item.values() if isinstance(value, str))
        size = len(item.get("png", b""))
        if len(self.items) < OUTPUTS_CAP and characters <= self.characters and size <= self.bytes:
            self.items.append(item)
            self.characters -= characters
            self.bytes -= size

    def text(self, name: str, text: str) -> None:
        """Append to the stream `name`, joining with the output before it when it is the same stream."""
        last = self.items[-1] if self.items else {}
        if last.get("type") != "stream" or last.get("name") != name:
            self.add({"type": "stream", "name": name, "text": ""})
            last = self.items[-1] if self.items else {}
            if last.get("name") != name:
                return
        kept = text[: max(0, min(self.cap - len(last["text"]), self.characters))]
        last["text"] += kept
        self.characters -= len(kept)

    def display(self, data: dict[str, Any]) -> None:
        picture = data.get("image/png")
        if isinstance(picture, str):
            with contextlib.suppress(ValueError):
                import base64

                picture = base64.b64decode(picture)
        if isinstance(picture, bytes) and len(picture) <= PNG_CAP:
            self.add({"type": "png", "png": picture})
        elif "text/plain" in data:
            self.add({"type": "text", "text": str(data["text/plain"])[: self.cap]})


_outputs = _Outputs()


class _Stream(io.TextIOBase):
    """Stands for stdout and stderr: keeps the first characters, forgets the rest."""

    encoding = "utf-8"

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, text: str) -> int:
        _outputs.text(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True


class _DisplayHook(DisplayHook):
    def __call__(self, result: Any = None) -> None:
        if result is None or self.quiet():
            return
        self.fill_exec_result(result)
        self.update_user_ns(result)
        assert _shell.display_formatter is not None
        data, _ = _shell.display_formatter.format(result, include={"text/plain", "image/png"})
        _outputs.display(data)


class _DisplayPublisher(DisplayPublisher):
    def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
        _outputs.display(data)

    def clear_output(self, wait: bool = False) -> None:
        pass


class _Compiler(CachingCompiler):
    """Names the code of a cell after the cell, so that an error can be told by its line there."""

    cell_name = ""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"<cell {self.cell_name}>"


_shell: InteractiveShell
_untouched: tuple[Any, ...] = ()  # what of the shell decides how a cell is run, before any cell touched it


def prepare() -> None:
    """Create the shell. Called once, in the zygote."""
    global _shell, _untouched
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    _shell = InteractiveShell.instance(
        config=config,
        displayhook_class=_DisplayHook,
        display_pub_class=_DisplayPublisher,
        compiler_class=_Compiler,
        colors="nocolor",
    )
    for name in ("showtraceback", "showsyntaxerror"):
        setattr(_shell, name, _show_error)
    # IPython 9 keeps all that a cell prints for its history: endless output would end as a lack of memory.
    setattr(_shell, "_tee", lambda channel: contextlib.nullcontext())  # noqa: B010
    setattr(_shell, "enable_gui", lambda gui=None: None)  # noqa: B010  # a method, replaced on purpose
    # The first cell pays for imports and caches: let it be one of ours. Figures are shown as in Jupyter.
    for source in ("%matplotlib inline", "1 + 1", "raise NotImplementedError"):
        _run_cell("warm_up", source)
    _untouched = _settings()
    warm_up.warm_up(_run_cell, _call)


def run(data: socket.socket, output: int) -> None:
    """Serve requests until the trusted side hangs up. `output`: characters kept of each text that a cell shows."""
    _outputs.cap = output
    gc.enable()
    sys.stdout, sys.stderr = _Stream("stdout"), _Stream("stderr")
    sys.stdin = io.StringIO()
    sys.path[:] = ["", *sys.path[1:]]  # as a kernel has it; the first was this package's
    while True:
        try:
            header, descriptors = _receive_request(data)
        except (wire.Closed, wire.Deviation):
            return
        except KeyboardInterrupt:
            continue  # an interrupt that arrived after its cell had ended
        if header["op"] == "begin":
            _seed(header["seed"])
            for name, content in header["files"].items():
                os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
                with open(name, "wb") as file:
                    file.write(content)
            _answer(data, header, {"status": "ok"})
        elif header["op"] == "cell":
            if header["exercise"]:
                _bound[header["exercise"]] = _State()
            _answer(data, header, _run_cell(header["name"], header["source"].decode()))
        elif header["op"] == "serve":
            # Of several threads only one is there in a fork: what waits for the others would wait for ever. The second
            # tier has no /proc that could count them: torch may have as many as it has been told.
            fork = header["fork"] and threading.active_count() == 1 and torch.get_num_threads() == 1
            server = 0
            if fork:
                try:
                    server = os.fork()
                except OSError:
                    # No room: the second tier counts all processes of its user, of other sessions too.
                    fork = False
            if server == 0:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # one meant for a cell may still be on its way
                if not fork:
                    _answer(data, header, {"status": "ok", "pid": 0})
                data.close()
                _serve(socket.socket(fileno=descriptors[0]))
            os.close(descriptors[0])
            _answer(data, header, {"status": "ok", "pid": server})


# As they are before any notebook: `np.random.seed = 42` is a slip that nobody notices in Jupyter. The generator itself,
# since `torch.manual_seed` asks every accelerator too, which takes 0.1 ms.
_seed_python, _seed_numpy, _seed_torch = random.seed, np.random.seed, torch.default_generator.manual_seed


def _seed(seed: int) -> None:
    _seed_python(seed)
    _seed_numpy(seed % (1 << 32))
    _seed_torch(seed)


def _receive_request(data: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """A request, with the descriptors that came with it. Each begins with one byte that may carry them."""
    data.settimeout(None)
    mark, ancillary, _, _ = data.recvmsg(1, socket.CMSG_SPACE(4))
    if not mark:
        raise wire.Closed("end of stream")
    fds = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content)
    header, value = wire.receive(data, 1 << 26)
    return {**header, **value}, list(fds)


def _answer(data: socket.socket, header: dict[str, Any], value: dict[str, Any]) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        wire.send(data, {"nonce": header["nonce"]}, value)


# ---------------------------------------------------------------------------------------------- cells


def _run_cell(name: str, source: str) -> dict[str, Any]:
    _Compiler.cell_name = name
    _outputs.clear()
    status = "ok"
    try:
        # IPython tokenizes a cell and compiles it four times, which takes longer than most cells run.
        if (parts := _plain_python(f"<cell {name}>", source)) and _settings() == _untouched:
            _run_plainly(parts)
        elif not _shell.run_cell(source, store_history=False).success:
            status = "raised"
    except BaseException as error:  # the shell, too, lets SystemExit and KeyboardInterrupt through at places
        _note_error(type(error), error, error.__traceback__)
        status = "raised"
    finally:
        sys.settrace(None)
    return {"status": status, "outputs": _outputs.clear()}


def _settings() -> tuple[Any, ...]:
    """What of the shell decides how it runs a cell: a notebook may change it."""
    hooks = {event: list(functions) for event, functions in _shell.events.callbacks.items()}
    transformers = (
        *_shell.input_transformers_cleanup,
        *_shell.input_transformers_post,
        *_shell.ast_transformers,
    )
    return _shell.ast_node_interactivity, transformers, hooks


_compiled: dict[tuple[str, str], list[CodeType]] = {}  # filled in the zygote; a session only looks


def compile_ahead(name: str, source: str) -> None:
    """Compile a cell that every student has got, once for all sessions."""
    _compiled[f"<cell {name}>", source] = _plain_python(f"<cell {name}>", source)


def _plain_python(file: str, source: str) -> list[CodeType]:
    """The code of a cell, an expression at its end apart; empty where it is not plain Python, but of magic or wrong."""
    if (file, source) in _compiled:
        return _compiled[file, source]
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
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    return parts


def _is_quiet(source: str, last: ast.Expr) -> bool:
    """Whether a semicolon behind the expression says not to show it."""
    assert last.end_lineno is not None and last.end_col_offset is not None
    rest = source.splitlines()[last.end_lineno - 1].encode()[last.end_col_offset :]
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


def _run_plainly(parts: list[CodeType]) -> None:
    """Run a cell's code as the shell does."""
    with _shell.builtin_trap, _shell.display_trap:
        try:
            for part in parts:
                exec(part, _shell.user_ns)
        finally:
            _shell.events.trigger("post_execute")  # on which figures are shown


def _show_error(*_: Any, **__: Any) -> None:
    """Replaces IPython's traceback: short, without colours, only lines of the notebook's own cells."""
    kind, error, trace = sys.exc_info()
    if kind is not None:
        _note_error(kind, error, trace)


def _note_error(kind: type[BaseException], error: BaseException | None, trace: Any) -> None:
    lines = [
        f"{name}, line {line}: {linecache.getline(name, line).strip()}"
        for name, line in _places_in_cells(trace)[-10:]
    ]
    _outputs.add(
        {
            "type": "error",
            "ename": kind.__name__[:100],
            "evalue": _safe_text(error)[:2000],
            "traceback": "\n".join(lines)[:4000],
        }
    )


def _places_in_cells(trace: Any) -> list[tuple[str, int]]:
    """File name and line of each frame in a cell. `traceback.extract_tb` would read IPython's own sources, too."""
    frames = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(trace))
    return [(name, line) for name, line in frames if name.startswith("<cell ")]


def _safe_text(error: object) -> str:
    try:
        return str(error)
    except BaseException:
        return ""


# ---------------------------------------------------------------------------------------------- servers


class _State:
    """What the notebook's functions meet at this moment: the notebook's names, and modes of torch and NumPy."""

    def __init__(self) -> None:
        self._names = dict(_shell.user_ns)
        self._gradients = torch.is_grad_enabled()
        self._dtype = torch.get_default_dtype()
        self._errors = np.geterr()

    def restore(self) -> None:
        """Let them meet it again."""
        _shell.user_ns.clear()  # the dict itself is what the notebook's functions look their names up in
        _shell.user_ns.update(self._names)
        torch.set_grad_enabled(self._gradients)
        torch.set_default_dtype(self._dtype)
        np.seterr(**self._errors)


_bound: dict[str, _State] = {}  # as it was at each exercise's grade cell


class _Names:
    """The notebook's names, as the drivers of hidden tests see them: `solution.cross_corr_2d`."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.__dict__["_namespace"] = namespace

    def __getattr__(self, name: str) -> Any:
        try:
            return self._namespace[name]
        except KeyError:
            raise _Missing(name) from None


class _Missing(Exception):
    pass


def _serve(server: socket.socket) -> None:
    """Answer calls until the trusted side hangs up, which ends this process."""
    drivers: dict[bytes, Any] = {}
    exercise = ""
    requests = wire.Reader(server)  # some are sent before those in front of them are answered
    while True:
        header, value = requests.receive(1 << 28)
        if header["exercise"] != exercise:
            exercise = header["exercise"]
            _bound[exercise].restore()
        _seed(header["seed"])
        code = value["driver"]
        if code not in drivers:
            drivers[code] = driver.function_of(marshal.loads(code))
        reply = _call(drivers[code], value["args"], value["kwargs"])
        _outputs.clear()
        try:
            wire.send(server, {"nonce": header["nonce"]}, reply)
        except wire.Unsupported as problem:
            wire.send(
                server, {"nonce": header["nonce"]}, {"status": "unsupported", "kind": problem.kind[:100]}
            )


def _call(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    untouched = _copied((args, kwargs))
    try:
        value = function(_Names(_shell.user_ns), *args, **kwargs)
    except BaseException as error:
        return _describe(error)
    reply = {"status": "ok", "value": value}
    with contextlib.suppress(Exception):  # an input may have been turned into anything
        if _differs((args, kwargs), untouched):
            reply["after"] = [args, kwargs]
    return reply


def _describe(error: BaseException) -> dict[str, Any]:
    """What may be told of an exception: its classes and where it arose in the student's cells, not its text."""
    if isinstance(error, _Missing):
        return {"status": "missing", "name": str(error)[:100]}
    places = _places_in_cells(error.__traceback__)
    place = [places[-1][0][6:-1], places[-1][1]] if places else None
    text = _safe_text(error)
    return {
        "status": "raised",
        "classes": [kind.__name__[:60] for kind in type(error).__mro__][:8],
        "place": place,
        "memory": isinstance(error, MemoryError) or "allocate memory" in text or "enough memory" in text,
        "no_grad": "does not require grad" in text,
    }


_FIXED = frozenset({type(None), bool, int, float, str})  # what nobody can change


def _copied(value: Any) -> Any:
    """The values of a structure of plain data, to compare with later."""
    if type(value) in _FIXED:
        return value
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return type(value)(_copied(item) for item in value)
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return value


def _differs(now: Any, before: Any) -> bool:
    if now is before and type(now) in _FIXED:
        return False
    if isinstance(before, torch.Tensor):
        if now.shape == before.shape and torch.equal(now, before):
            return False
        return now.shape != before.shape or not torch.allclose(now.detach(), before, 0, 0, equal_nan=True)
    if isinstance(before, np.ndarray):
        if now.shape == before.shape and now.tobytes() == before.tobytes():
            return False
        return not (
            now.shape == before.shape and np.array_equal(now, before, equal_nan=before.dtype.kind in "fc")
        )
    if isinstance(before, (list, tuple)):
        return len(now) != len(before) or any(_differs(a, b) for a, b in zip(now, before, strict=True))
    if isinstance(before, dict):
        return list(now) != list(before) or any(_differs(now[key], before[key]) for key in before)
    return bool(now != before)
