"""The program's structure: imports have no cycles and follow docs/architecture.md, and modules stay small."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.homework.support import ROOT

PACKAGE = ROOT / "homework"
LINES = 300
LONG: dict[str, str] = {}  # none, or one a line with its reason
# Imports that run in a circle or up the list of docs/architecture.md: none, or one a line with its reason.
KNOWN: set[tuple[str, str]] = set()


def name_of(path: Path) -> str:
    """The dotted name of a module of the program."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(module: str, tree: ast.AST) -> Iterator[str]:
    """The modules of the program that `module` imports at its top or later, except for type checking only."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            inner = {f"{origin}.{alias.name}" for alias in node.names}
            names = [name if name in MODULES else origin for name in inner]
        yield from (name for name in names if name in MODULES)
        yield from imported(module, node)


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    """What each module imports."""
    found = {name: set(imported(name, ast.parse(path.read_text()))) for name, path in MODULES.items()}
    assert {(name, other) for name, others in found.items() for other in others} >= KNOWN, "fixed: not KNOWN"
    return {name: {other for other in others if (name, other) not in KNOWN} for name, others in found.items()}


def room(module: str) -> str:
    """The folder of homework/ that contains a module, or the module itself if it is at the top."""
    return module.split(".")[1] if "." in module else module


def circle(graph: dict[str, set[str]]) -> list[str]:
    """A cycle in a graph, as a list that begins and ends with the same name; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1][::-1]
        return found
    return []


def test_the_graph_has_relative_and_late_imports_and_none_of_types(graph: dict[str, set[str]]) -> None:
    """Otherwise the tests below would find nothing."""
    tree = ast.parse(
        "from . import values\nfrom .. import limits\nif TYPE_CHECKING:\n    from .. import errors\n"
        "def f():\n    from homework.judge import draw, points\n    import homework.cli\n"
    )
    assert set(imported("homework.sandbox.inside.driver", tree)) == {
        "homework.sandbox.inside.values",
        "homework.sandbox.limits",
        "homework.judge.draw",
        "homework.judge",
        "homework.cli",
    }
    assert sum(map(len, graph.values())) > len(MODULES)
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})


def test_no_modules_import_one_another_in_a_circle(graph: dict[str, set[str]]) -> None:
    assert not circle(graph)


def test_no_folders_import_one_another_in_a_circle(graph: dict[str, set[str]]) -> None:
    rooms: dict[str, set[str]] = {}
    for module, others in graph.items():
        rooms.setdefault(room(module), set()).update({room(other) for other in others} - {room(module)})
    assert not circle(rooms)


def test_imports_point_down_the_list_of_the_architecture(graph: dict[str, set[str]]) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    (listed,) = re.findall(r"```text\nhomework/\n(.*?)```", page, re.DOTALL)
    known = {room(module) for module in MODULES} - {"homework"}
    level: dict[str, int] = {}
    for number, line in enumerate(re.findall(r"^  (\S.*)", listed, re.MULTILINE)):
        level |= {name: number for name in re.findall(r"(\w+)(?:\.py|/)", line) if name in known - set(level)}
    assert set(level) == known
    up = {
        f"{module} imports {other}"
        for module, others in graph.items()
        for other in others
        if module != "homework" != other and level[room(module)] > level[room(other)]
    }
    assert not up


def test_modules_stay_small() -> None:
    """A module that grows past this has more than one duty, or a reason in the list."""
    lines = {path.relative_to(PACKAGE).as_posix(): path.read_text().count("\n") for path in MODULES.values()}
    assert {name for name, count in lines.items() if count > LINES} == set(LONG)


def _opens_text(call: ast.Call) -> bool:
    """Whether a call reads or writes text in the encoding of the system."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in ("read_text", "write_text", "open"):
        return False
    words = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    options = {keyword.arg for keyword in call.keywords}
    if name == "open" and (any("b" in word for word in words) or not isinstance(call.func, ast.Attribute)):
        return False
    module = getattr(getattr(call.func, "value", None), "id", "")
    return module not in ("os", "Image", "zipped") and "encoding" not in options and "utf-8" not in words


def test_files_are_utf_8_on_every_system() -> None:
    """On Windows the default is another encoding, in which a formula cannot be written."""
    inside = PACKAGE / "sandbox" / "inside"  # which runs on Linux alone, with the default UTF-8
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES.values()
        if inside not in path.parents
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _opens_text(node)
    ]
    assert found == []
