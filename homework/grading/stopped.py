"""Why a cell stopped, in words that are known here.

Theory of operation. What a cell displays when it raises comes from a process that runs student code. Of that only words
are repeated that the trusted side knows: classes of exceptions, a line that the cell has, and names that the notebook's
own source contains. Cells run before any hidden input is in the sandbox; what is said of a hidden call is derived here,
from the class and the line that the call tells, and from the source.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homework.sandbox import errors
from homework.sandbox.replies import known_exception, text_of
from homework.submission.lines import numbered, seems_to_define, words

CONFLICT = re.compile(r"^[^\w<]{0,3}<{7}(?:\s|$)", re.MULTILINE)
_MOST_LINES_OF_AN_IMPORT = 30
_LONGEST = 40_000  # characters that are searched for what they bind
_IMPORT = re.compile(r"(?:import|from)\s+([\w.]+)")
_NOT_PLAIN = re.compile(r"[;\\]|:\s*$")
_REMOVED = """
int float bool object str complex product cumproduct alltrue sometrue in1d row_stack trapz float_ complex_ unicode_
string_ Inf NaN infty asfarray cast
""".split()
_OLD_NUMPY = re.compile(rf"\b(?:np|numpy)\.({'|'.join(_REMOVED)})\b")
_OF_SYNTAX = ("SyntaxError", "IndentationError", "TabError")
_GPU = re.compile(r"\.cuda\(|[\"']cuda(?::\d+)?[\"']|\.to\(\s*device\b|torch\.cuda\b")
_LOOP_OVER_A_NUMBER = re.compile(
    r"\bfor\b.+\bin\s+(?:len\(|[\w.]+(?:\.shape\[-?\d\]|\.size\(-?\d\)))[^:\n]*:"
)
_SIZES = re.compile(r"\b(?:range|zeros|ones|empty|full|reshape|view)\(")
_DIVIDED = re.compile(r"^[ \t]*(\w+)(?:[ \t]*,[ \t]*(\w+))?[ \t]*=(?!=)[^#\n]*[^/\n]/[^/\n]", re.MULTILINE)
_WHOLE = re.compile(r"=\s*(?:int|round|math\.(?:floor|ceil))\(")
_LAYER = re.compile(r"^\s*self\.\w+(?:\s*:[^=]+)?\s*=\s*(?:torch\.)?nn\.\w+\(")
_BASE_BEGUN = re.compile(r"\bsuper\s*\([^)]*\)\s*\.\s*__init__|\bModule\.__init__\s*\(")
_SINGLE = re.compile(r"^\s*(?:if|elif|while)\b|(?<![\w.])(?:min|max)\(|\b(?:and|or|not)\b")
_NO_SINGLE = (
    "If it compares arrays or tensors there: Python's `if`, `and`, `or`, `min` and `max` need single numbers; use "
    "`where`, `&`, `|`, `minimum`, `maximum` or `clip`."
)
# Lines that only say where files are or how plots are shown, and what they raise.
_SETTING = re.compile(r"(?:os\.chdir|(?:matplotlib|mpl)\.use|plt\.(?:switch_backend|style\.use))\(")
_OF_PLACES = ("FileNotFoundError", "NotADirectoryError", "PermissionError", "ImportError", "OSError")
# Cell magics that run a cell apart, so that what it defines is gone.
_APART = re.compile(
    r"\s*%%(timeit|bash|sh|script|cmd|python3?|pypy|perl|ruby|javascript|js|html|latex|markdown|svg|file|writefile)\b"
)
_NO_GPU = "There is no GPU where your code is graded: use the CPU, or `torch.cuda.is_available()`."


@dataclass(frozen=True)
class Stop:
    """A cell that stopped with an exception of the class `kind`, in `line` if that is known, because of `why`.

    `module` and `name` are what was missing, if a word of the notebook says so.
    """

    cell: str
    kind: str
    line: int | None = None
    module: str = ""
    name: str = ""
    why: str = ""

    @property
    def unrun(self) -> str:
        """What of the cell did not run."""
        return "it did not run" if self.kind in _OF_SYNTAX else "what follows in it did not run"

    def __str__(self) -> str:
        where = f" in line {self.line}" if self.line else ""
        return f"stopped with {self.kind}{where}{f': {self.why}' if self.why else ''}"


def stop_of(cell: str, source: str, outputs: list[dict[str, Any]]) -> Stop:
    """Why `cell` stopped, as its last output that is an error says it."""
    error: dict[str, Any] = next((one for one in reversed(outputs) if one.get("type") == "error"), {})
    kind = known_exception([text_of(error.get("ename"))])
    said = text_of(error.get("evalue"))
    line = _line(cell, source, text_of(error.get("traceback")), said)
    text = numbered(source)[line - 1] if line else ""
    module = _known(r"No module named '([\w.]{1,100})'", said, source)
    name = _known(r"name '(\w{1,100})' is not defined", said, source)
    why = ""
    if CONFLICT.search(source):
        why = "it contains the markers of a merge conflict (<<<<<<<)"
    elif module:
        imported = _IMPORT.match(text.strip())
        if imported and imported[1].startswith(f"{module}."):
            module = imported[1]
        why = f"there is no module {module} where your code is graded"
    elif name:
        why = f"{name} is not defined"
    elif needed := _known(r"cannot import name '(\w{1,100})'", said, source):
        why = f"{needed} cannot be imported"
    elif hint := _hint(kind, text, source):
        why = hint.rstrip(".")
    return Stop(cell, kind, line, module, name, why)


def _line(cell: str, source: str, trace: str, said: str) -> int | None:
    """The line of the cell itself that was running, if it has such a line."""
    found = re.search(rf"^<cell {re.escape(cell)}>, line (\d{{1,6}}):", trace, re.MULTILINE)
    found = found or re.search(r", line (\d{1,6})\)\s*\Z", said)
    line = int(found[1]) if found else 0
    return line if 0 < line <= len(numbered(source)) else None


def _known(pattern: str, said: str, source: str) -> str:
    """The word that `pattern` finds in what was said, if the source contains it, too."""
    found = re.search(pattern, said)
    if found is None or not set(found[1].split(".")) <= words(source):
        return ""
    return str(found[1])


def _hint(kind: str, line: str, source: str = "") -> str:
    """A sentence about a line that works elsewhere and not where code is graded, or that lacks something known.

    "" if there is none. `source` is that of the line's cell.
    """
    if kind in _OF_PLACES and _SETTING.match(line):
        return "What it sets is not there where your code is graded."
    if kind == "EOFError" and re.search(r"\binput\s*\(", line):
        return "No one answers `input()` while your code is graded: assign the value in the notebook."
    if kind in ("FileNotFoundError", "NotADirectoryError"):
        return "Only what was released with the notebook is there where your code is graded."
    if kind == "AttributeError" and (old := _OLD_NUMPY.search(line)):
        return f"NumPy 2, with which your code is graded, has no `np.{old[1]}`."
    if kind == "AttributeError" and _LAYER.search(line) and not _BASE_BEGUN.search(source):
        return "A module begins with `super().__init__()`: before it PyTorch takes no layers."
    if kind in ("AssertionError", "RuntimeError", "AcceleratorError") and _GPU.search(line):
        return _NO_GPU
    if kind in ("ValueError", "RuntimeError") and _SINGLE.search(line):
        return _NO_SINGLE
    if kind == "TypeError" and _LOOP_OVER_A_NUMBER.search(line):
        return "A number cannot be looped over: `range(...)` around it is missing."
    if kind == "TypeError" and _SIZES.search(line) and (divided := _divided(line, source)):
        return f"Sizes and ranges are whole numbers, and `/` makes fractions: divide by `//` ({divided})."
    return ""


def _divided(line: str, source: str) -> str:
    """What in a line is a quotient: a name that the source gives one, or the line itself; "" if nothing is."""
    if re.search(r"[^/]/[^/]", re.sub(r"#.*", "", line)):
        return "in this line"
    for match in _DIVIDED.finditer(source[:_LONGEST]):
        if _WHOLE.search(match[0]):
            continue
        for name in match.groups():
            if name and re.search(rf"\b{name}\b", line):
                return f"`{name}`"
    return ""


# ---------------------------------------------------------------------------------------------- left out


def without(source: str, stop: Stop, gone: set[str]) -> str | None:
    """`source` without the line that stopped it, if that only needs what is not there when grading; else None.

    Such lines import a module, use one that could not be imported, or set a folder or a way to show plots.

    Names that are imported no more are added to `gone`. Lines keep their numbers.
    """
    lines = numbered(source)
    if stop.line is None or _NOT_PLAIN.search(line := lines[stop.line - 1]) or line[:1].isspace():
        return None
    start = end = stop.line - 1
    if stop.kind == "ModuleNotFoundError" and stop.module and _IMPORT.match(line):
        while "(" in line and ")" not in lines[end]:
            end += 1
            if end == len(lines) or end - start > _MOST_LINES_OF_AN_IMPORT:
                return None
        statement = " ".join(lines[start : end + 1])
        kept = _kept(statement, stop.module)
        gone |= _imported(statement) - _imported(kept)
    elif (
        stop.kind == "NameError"
        and stop.name in gone
        and (uses := re.match(rf"{stop.name}\b|(\w+)\s*=\s*{stop.name}\.[\w.]+\(", line))
    ):
        if line.count("(") != line.count(")"):
            return None
        gone |= {uses[1]} - {None}  # as in `uploaded = files.upload()`
        kept = ""
    elif stop.kind in _OF_PLACES and _SETTING.match(line) and line.count("(") == line.count(")"):
        kept = ""
    else:
        return None
    lines[start : end + 1] = [kept or "pass", *[""] * (end - start)]
    return "\n".join(lines)


def _kept(statement: str, module: str) -> str:
    """What is left of an import without `module`: the other modules of `import a, b`."""
    if not statement.startswith("import"):
        return ""
    parts = [part.strip() for part in statement.removeprefix("import").split("#")[0].split(",")]
    root = module.partition(".")[0]
    others = [part for part in parts if re.split(r"[.\s]", part)[0] != root]
    return f"import {', '.join(others)}" if others else ""


def _imported(statement: str) -> set[str]:
    """The names that an import binds."""
    listed = re.sub(r"^from\s+[\w.]+\s+import|^import|[()]", " ", statement.split("#")[0])
    names = (part.split()[-1].partition(".")[0] for part in listed.split(",") if part.split())
    return {name for name in names if name.isidentifier()}


# ---------------------------------------------------------------------------------------------- hidden calls


def explain(fault: errors.StudentFault, stops: Mapping[str, Stop], sources: Mapping[str, str]) -> None:
    """Add to the text of a fault what the stopped cells and the notebook's source say about it."""
    if isinstance(fault, errors.Missing):
        stop = stops.get(fault.name) or _of(fault.name, stops, sources)
        if stop is not None:
            fault.args = (f"`{fault.name}` is not defined: cell {stop.cell} {stop}.",)
        elif apart := _APART.match(sources.get(fault.name, "")):
            why = f"its cell begins with `%%{apart[1]}`, which runs it apart from the notebook"
            fault.args = (f"`{fault.name}` is not defined: {why}.",)
    elif isinstance(fault, errors.Raised) and fault.place is not None:
        cell, number = fault.place
        line = dict(enumerate(numbered(sources.get(cell, "")), 1)).get(number, "")
        text = str(fault)
        if hint := _hint(fault.name, line, sources.get(cell, "")):
            text += f" {hint}"
        elif fault.name == "NameError" and (name := _unknown(line, stops, sources)):
            stop = _of(name, stops, sources)
            text += f" `{name}` is not defined" + (f": cell {stop.cell} {stop}." if stop else ".")
        fault.args = (text,)


def _of(name: str, stops: Mapping[str, Stop], sources: Mapping[str, str]) -> Stop | None:
    """The stopped cell that would have defined `name`."""
    for cell, stop in stops.items():
        lines = numbered(sources.get(cell, "")[:_LONGEST])
        rest = "\n".join(lines[(stop.line or 1) - 1 :] if stop.kind not in _OF_SYNTAX else lines)
        if seems_to_define(rest, name) or re.search(
            rf"^\s*(?:from|import)\b.*\b{name}\b", rest, re.MULTILINE
        ):
            return stop
    return None


_BINDING = re.compile(
    r"\b(?:def|class|for|as|global|nonlocal|import|lambda)[ \t]+([^\n]{1,300})|^[ \t]*([\w \t,.*\[\]]{1,200})=(?!=)",
    re.MULTILINE,
)


def _unknown(line: str, stops: Mapping[str, Stop], sources: Mapping[str, str]) -> str:
    """The one name in a line that nothing that ran has bound; "" if that is not clear."""
    code = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", " ", line)
    used = set(re.findall(r"(?<![\w.])[^\W\d]\w*(?!\w|\s*=[^=])", code))
    used -= {*vars(builtins), *keyword.kwlist}
    late = {name for name in used if _of(name, stops, sources)}
    if len(late) == 1:
        return str(late.pop())
    bound: set[str] = set()
    left = _LONGEST
    for source in sources.values():
        text, left = source[:left], max(0, left - len(source))
        for one, other in _BINDING.findall(text):
            bound |= words(one) | words(other)
    unknown = used - bound
    return str(unknown.pop()) if len(unknown) == 1 else ""
