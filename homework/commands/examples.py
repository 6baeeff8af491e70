"""Which visible examples the solutions that `homework check` grades can do without.

Theory of operation. Before a solution is called, the cells above its exercise run, and the examples of other exercises
take more time than all the rest: the same for each solution. They are left out where no code that runs with the
solution uses a name that they bind, and where they change nothing else that lasts, as far as their text shows. What the
functions of the references do when they are called cannot be seen here, so the reference of each exercise is graded
with all examples, as students are.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from homework.submission.template import NotebookCell

# With these a name can be looked up by its text.
_BY_TEXT = {"eval", "exec", "globals", "locals", "vars", "get_ipython", "__import__", "importlib", "sys"}
_COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")
_ANYTHING = "..."  # what code that is not plain Python changes


@dataclass(frozen=True)
class _Code:
    """What the text of a cell tells.

    `uses`: the names that it may find bound elsewhere. `changes`: with which names the things begin that it changes, or
    that it calls for an effect, where it has not made these things itself.
    """

    binds: frozenset[str]
    uses: frozenset[str]
    changes: frozenset[str]


def needless(
    cells: Collection[NotebookCell], exercise: str, solutions: Iterable[str], tests: str
) -> frozenset[str]:
    """The names of the grade cells of a release whose examples can be left out when `exercise` is judged.

    `solutions`: all code that is put into the release's `cells`. `tests`: the module of hidden tests; its drivers find
    names as attributes.
    """
    code = [cell for cell in cells if cell.kind == "code" and not cell.train and cell.exercise != exercise]
    examples = {cell.name: _read(cell.source) for cell in code if cell.exercise}
    harmless = {"print", *(cell.exercise for cell in code)}
    running = [*map(_read, solutions), *(_read(cell.source) for cell in code if not cell.exercise)]
    used = _attributes(tests).union(*(one.uses for one in running))
    while needed := [name for name, one in examples.items() if one.binds & used or one.changes - harmless]:
        used = used.union(*(examples.pop(name).uses for name in needed))
    return frozenset() if used & _BY_TEXT else frozenset(examples)


@lru_cache(maxsize=256)
def _read(source: str) -> _Code:
    """What the text of a cell, or of a solution, tells; of a cell with magics, that it may do anything."""
    try:
        tree, names = ast.parse(source), symtable.symtable(source, "cell", "exec")
    except SyntaxError:
        return _Code(frozenset(), frozenset(), frozenset({_ANYTHING}))
    symbols = names.get_symbols()
    binds = {
        one.get_name() for one in symbols if one.is_assigned() or one.is_imported() or one.is_namespace()
    }
    uses = {*_unbound(tree.body, set()), *_in_functions(names)}
    changes = {_root(node) for node in ast.walk(tree) if _lasts(node)} - binds
    return _Code(frozenset(binds), frozenset(uses), frozenset(changes))


def _unbound(statements: Iterable[ast.AST], bound: set[str]) -> Iterator[str]:
    """The names that `statements` look up before they have surely bound them; `bound` are added to."""
    for node in statements:
        blocks = [getattr(node, part, []) for part in _BLOCKS]
        inside = {one for block in blocks for inner in block for one in ast.walk(inner)}
        here = [one for one in ast.walk(node) if one not in inside]
        passing = {name for one in here for name in _of_comprehension(one)}
        names = [one for one in here if isinstance(one, ast.Name) and one not in passing]
        binds = {one.id for one in names if not isinstance(one.ctx, ast.Load)}
        yield from {one.id for one in names if isinstance(one.ctx, ast.Load)} - bound
        if isinstance(node, ast.AugAssign):
            yield from binds - bound
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)  # what is inside is looked at elsewhere
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif any(blocks):
            for block in blocks:
                yield from _unbound(block, bound | binds)
        else:
            bound |= binds


def _of_comprehension(node: ast.AST) -> list[ast.Name]:
    """The names in a comprehension that stand for what it goes over."""
    if not isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return []
    targets = [one.target for one in node.generators]
    own = {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return [name for name in ast.walk(node) if isinstance(name, ast.Name) and name.id in own]


def _in_functions(names: symtable.SymbolTable) -> Iterator[str]:
    """The names that functions and classes look up outside, whenever they are called."""
    for inner in names.get_children():
        at_once = names.get_type() == "module" and inner.get_name() in _COMPREHENSIONS
        if not at_once:
            yield from (one.get_name() for one in inner.get_symbols() if one.is_global())
        yield from _in_functions(inner)


def _lasts(node: ast.AST) -> bool:
    """Whether something is changed, or called for an effect: `np.seterr(...)`, `plt.x = 1`."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return not isinstance(node.ctx, ast.Load)
    return isinstance(node, (ast.Global, ast.Await))


def _root(node: ast.AST) -> str:
    """The name with which something begins: `torch` in `torch.random.seed(1).x[0]`."""
    while not isinstance(node, ast.Name):
        inner = getattr(node, "func", None) or getattr(node, "value", None)
        if not isinstance(inner, ast.AST):
            return _ANYTHING
        node = inner
    return node.id


@lru_cache(maxsize=64)
def _attributes(source: str) -> frozenset[str]:
    """The names that a module of hidden tests finds as attributes of a name, as drivers find those of a notebook."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    others = ("reference", "rng")  # what a test gets that stands for no notebook
    return frozenset(
        node.attr for node in found if isinstance(node.value, ast.Name) and node.value.id not in others
    )
