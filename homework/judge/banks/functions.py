"""Banks of functions, classes and values that students write in a notebook: three Python files in a folder.

solutions/<assignment>/<exercise>/reference.py        the worked solution
solutions/<assignment>/<exercise>/variants.py         right solutions written another way (`@variant`)
solutions/<assignment>/<exercise>/misconceptions.py   wrong ones with the sentence a student reads (`@misconception`)
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from homework.judge.banks.bank import Bank, BankError, Entry
from homework.judge.banks.known import FILE, read_known
from homework.judge.banks.pairs import both, source_of_both, together

ENTRIES = ("variants.py", "misconceptions.py")
_MARK = "__bank_entry__"
_PARTS = "__pair__"


def variant(function: Any = None, *, also: Mapping[str, Callable[..., Any]] | None = None) -> Any:
    """Mark a function (or class) as a right solution written another way."""

    def mark(target: Any) -> Any:
        setattr(target, _MARK, Entry(target.__name__, target, None, also or {}))
        return target

    return mark if function is None else mark(function)


def misconception(
    sentence: str, *, also: Mapping[str, Callable[..., Any]] | None = None
) -> Callable[[Any], Any]:
    """Mark a function (or class) as a wrong solution; `sentence` tells the student what was misunderstood."""

    def mark(target: Any) -> Any:
        setattr(target, _MARK, Entry(target.__name__, target, sentence, also or {}))
        return target

    return mark


class FunctionBank(Bank):
    """The bank of `exercise` in `folder`. Raises BankError for a file that is missing or malformed."""

    def __init__(self, folder: Path, exercise: str) -> None:
        self.folder = folder
        super().__init__(
            exercise, reference_of(folder, exercise), *(entries_of(folder / name) for name in ENTRIES)
        )
        self.known = read_known(folder)
        if twice := [one.name for one in self.known if one.name in self.misconceptions]:
            raise BankError(f"{folder / FILE}: {twice[0]!r} is in misconceptions.py, too: remove it here")

    def code(self, entry: Entry | None = None) -> str:
        """For an entry: what it needs of its module, and the one function under the exercise's name."""
        if entry is None:
            return (self.folder / "reference.py").read_text("utf-8")
        path = self.folder / ("variants.py" if entry.sentence is None else "misconceptions.py")
        return _standalone(path, entry, self.exercise, self.is_value)


def _module(path: Path) -> ModuleType:
    if not path.is_file():
        raise BankError(
            f"{path} is missing: every exercise has reference.py, variants.py and misconceptions.py"
        )
    name = f"homework_bank_{path.parent.parent.name}_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise BankError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
    return module


def reference_of(folder: Path, exercise: str) -> Any:
    """The reference of the bank in `folder`. Raises BankError."""
    reference = _module(folder / "reference.py")
    if not hasattr(reference, exercise):
        raise BankError(f"{folder / 'reference.py'} does not define `{exercise}`")
    return getattr(reference, exercise)


def entries_of(path: Path) -> dict[str, Entry]:
    """The entries of a file of a bank, one of ENTRIES. Raises BankError."""
    module, wrong = _module(path), path.name == ENTRIES[1]
    entries = {
        entry.name: entry
        for value in vars(module).values()
        if isinstance(entry := getattr(value, _MARK, None), Entry)
    }
    for value in list(vars(module).values()):
        if isinstance(value, together):
            entries.update(_pairs(value))
    for entry in entries.values():
        if (entry.sentence is not None) != wrong:
            raise BankError(
                f"{path}: `{entry.name}` is marked for the other file (@variant or @misconception)"
            )
        if odd := [name for name, function in entry.also.items() if not hasattr(function, "__name__")]:
            raise BankError(f"{path}: `{entry.name}`: also={{{odd[0]!r}: …}} must be a function of this file")
    if not entries:
        raise BankError(f"{path} has no {'@misconception' if wrong else '@variant'}")
    return entries


def _pairs(pairs: together) -> dict[str, Entry]:
    entries = {}
    for first, second in pairs.pairs:
        if pairs.right.__name__ not in second.__code__.co_names:
            raise BankError(
                f"`{second.__name__}` does not call `{pairs.right.__name__}`: it cannot come second in a pair"
            )
        said = [getattr(function, _MARK).sentence for function in (first, second)]
        function = both(pairs.right, first, second)
        setattr(function, _PARTS, (pairs.right.__name__, first.__name__, second.__name__))
        name = f"{first.__name__}_and_{second.__name__}"
        entries[name] = Entry(name, function, f"Two slips come together. First: {said[0]} Second: {said[1]}")
    return entries


def _standalone(path: Path, entry: Entry, exercise: str, is_value: bool) -> str:
    """Source of one entry: the imports and helpers of its module that it needs, and it under the exercise's name."""
    parts: tuple[str, ...] = getattr(entry.function, _PARTS, ())
    renamed = {entry.name: f"_make_{exercise}" if is_value else exercise}
    renamed.update({function.__name__: name for name, function in entry.also.items()})
    chosen = {entry.name, *parts}
    pieces = [
        piece.text if renamed.keys().isdisjoint(piece.names) else _with_names(piece.text, renamed)
        for piece in _needed(_pieces(path.read_text("utf-8")), {*chosen, *renamed})
    ]
    if parts:
        made = f"{exercise} = {both.__name__}({', '.join(parts)})"
        pieces += [*map(ast.unparse, source_of_both()), made]
    if is_value:
        pieces.append(f"{exercise} = _make_{exercise}()")
    return "\n\n".join(pieces) + "\n"


@dataclass(frozen=True)
class _Piece:
    """A top-level statement of a bank's file. `names`: those that occur in it; `entry`: its own, if it is an entry.

    `binds`: the names that it binds, none where it may do something else as well.
    """

    text: str
    names: frozenset[str]
    entry: str
    binds: frozenset[str]


def _needed(pieces: Collection[_Piece], names: Collection[str]) -> list[_Piece]:
    """Those of `pieces` that something called by one of `names` needs: an import can take longer than all the rest."""
    wanted, needed = set(names), dict.fromkeys(piece for piece in pieces if not piece.binds)
    left = [piece for piece in pieces if piece.binds and (not piece.entry or piece.entry in wanted)]
    wanted.update(*(piece.names for piece in needed))
    while found := [piece for piece in left if piece.binds & wanted]:
        needed.update(dict.fromkeys(found))
        wanted.update(*(piece.names for piece in found))
        left = [piece for piece in left if piece not in needed]
    return [piece for piece in pieces if piece in needed]


@lru_cache(maxsize=64)
def _pieces(source: str) -> list[_Piece]:
    """What may be part of an entry's source: the statements of a file, without what only marks entries."""
    pieces = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("homework"):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith(f"{together.__name__}("):
            continue
        entry = ""
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.decorator_list:
            decorators = [(decorator, ast.unparse(decorator)) for decorator in node.decorator_list]
            if any("misconception" in text or "variant" in text for _, text in decorators):
                entry = node.name
            node.decorator_list = [
                decorator
                for decorator, text in decorators
                if not text.startswith(("misconception", "variant"))
            ]
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        names |= {one.name for one in ast.walk(node) if isinstance(one, (ast.FunctionDef, ast.ClassDef))}
        pieces.append(_Piece(ast.unparse(node), frozenset(names), entry, frozenset(_binds(node))))
    return pieces


def _binds(node: ast.stmt) -> Iterable[str]:
    """The names that a statement binds, if it does nothing else: an import, a definition, `_NAME = value`.

    A value with a public name is part of every solution in the file, such as a network's arguments beside its class.
    """
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        return [] if "*" in names else names
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        (target,) = node.targets
        return [target.id] if isinstance(target, ast.Name) and target.id.startswith("_") else []
    return []


def _with_names(source: str, names: dict[str, str]) -> str:
    """`source` with names replaced."""
    return ast.unparse(_Rename(names).visit(ast.parse(source)))


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.names.get(node.id, node.id)
        return node
