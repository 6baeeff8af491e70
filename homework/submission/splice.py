"""Put given functions into a release: worked solutions, demo classes, the solutions that `homework check` grades."""

from __future__ import annotations

import ast
import json
from functools import lru_cache
from typing import Any

from homework.course.cells import name_of
from homework.errors import UsageError
from homework.submission.template import Template


def splice(template: Template, *code: str) -> dict[str, Any]:
    """The released notebook, with the functions that `code`, in one or more parts, defines put into its solution cells.

    Imports and helpers go into the first cell that is filled, before its function. Raises UsageError if `code` is not
    valid Python or defines no exercise.
    """
    pieces = [piece for part in code for piece in _pieces(part)]
    wanted = [name for name in template.exercises if any(name in names for names, _, _ in pieces)]
    if not wanted:
        raise UsageError(f"the code defines none of the exercises: {', '.join(template.exercises)}")
    helpers = [text for names, text, quiet in pieces if quiet and not set(names) & set(wanted)]
    actions = [text for names, text, quiet in pieces if not quiet]
    sources = {}
    for name in wanted:
        own = [text for names, text, _ in pieces if name in names]
        sources[name] = "\n".join([*(helpers if name == wanted[0] else []), *own])
    sources[wanted[-1]] = "\n".join([sources[wanted[-1]], *actions])
    return fill(template, sources)


def fill(template: Template, sources: dict[str, str]) -> dict[str, Any]:
    """The released notebook with the cells named in `sources` replaced."""
    notebook: dict[str, Any] = json.loads(json.dumps(template.notebook))
    for cell in notebook["cells"]:
        name = name_of(cell)
        if name in sources:
            cell["source"] = sources[name].strip("\n").splitlines(keepends=True)
    return notebook


@lru_cache(maxsize=64)
def _pieces(code: str) -> list[tuple[list[str], str, bool]]:
    """The top-level statements of `code`: names bound, text with the comments above, whether it only defines names."""
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise UsageError(f"the code is not valid Python: {error.msg} (line {error.lineno})") from None
    lines = code.splitlines()
    pieces = []
    start = 0
    for node in tree.body:
        end = node.end_lineno or node.lineno
        if end <= start:  # a second statement on the same line is already part of the first piece
            continue
        quiet = isinstance(
            node,
            (
                ast.Import,
                ast.ImportFrom,
                ast.FunctionDef,
                ast.AsyncFunctionDef,
                ast.ClassDef,
                ast.Assign,
                ast.AnnAssign,
            ),
        ) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        pieces.append((_bound(node), "\n".join(lines[start:end]), quiet))
        start = end
    return pieces


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name for alias in node.names]
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AnnAssign)
        else []
    )
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
