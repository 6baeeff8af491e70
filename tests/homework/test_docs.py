"""README.md and docs/ say what is: their links lead somewhere, their commands exist, their tables are current."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from homework import cli
from homework.course import Course
from homework.results import Verdict
from tests.homework.attacks import bank as attack_bank

ROOT = Path(__file__).resolve().parents[2]
FINDINGS = ROOT / "findings" / "README.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", FINDINGS, *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)", re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def generate_docs() -> ModuleType:
    """The script that generates the tables."""
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "scripts" / "generate_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes from a page's headings."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(page)))
    return {word.strip().replace(" ", "-") for word in words}


def console_lines(program: str) -> Iterator[tuple[Path, list[str]]]:
    """What pages tell people to type after `program`."""
    for page in PAGES:
        for language, block in FENCE.findall(page.read_text()):
            for line in block.splitlines() if language == "console" else ():
                words = shlex.split(line.strip().removeprefix("$ "), comments=True)
                if words and words[0] == program:
                    yield page, words[1:]


def test_tables_are_what_the_code_and_the_notebooks_say(generate_docs: ModuleType) -> None:
    for page in generate_docs.documents():
        assert page.read_text() == generate_docs.generated(page.read_text()), "run scripts/generate_docs.py"


def test_every_generated_table_is_on_a_page(generate_docs: ModuleType) -> None:
    text = "".join(page.read_text() for page in generate_docs.documents())
    assert {name for _, name, _ in generate_docs.BLOCK.findall(text)} == set(generate_docs.TABLES)


def test_every_attack_was_measured_on_every_grader() -> None:
    measured = json.loads((ROOT / "docs" / "attacks.json").read_text())
    for attack in attack_bank.load():
        missing = {"here", "nbgrader", "otter"} - set(measured.get(attack.name, {}))
        assert not missing, f"run scripts/attack_other_graders.py {attack.name}"


def test_the_table_of_points_is_the_notebooks() -> None:
    readme = (ROOT / "README.md").read_text()
    for assignment in Course(ROOT).assignments.values():
        for exercise in assignment.exercises.values():
            if exercise.kind.file:  # they share a line
                continue
            assert f"| `{assignment.name}` | `{exercise.name}` | {exercise.points:g} |" in readme
        assert re.search(rf"\*\*`{assignment.name}`\*\* .*\| \*\*{assignment.max_points:g}\*\* \|", readme)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(prose(page)):
        if re.match(r"https?:|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_commands_that_people_are_told_to_type_exist() -> None:
    lines = list(console_lines(".venv/bin/homework"))
    assert lines
    for page, (name, *arguments) in lines:
        command = cli.main.commands.get(name)
        assert command is not None, f"{page.name}: homework {name}"
        if ">" in arguments:
            arguments = arguments[: arguments.index(">")]
        try:
            given, _, _ = command.make_parser(click.Context(command)).parse_args(arguments)
        except click.UsageError as error:
            pytest.fail(f"{page.name}: homework {name} {shlex.join(arguments)}: {error.message}")
        missing = [
            param.name for param in command.params if param.required and not given.get(param.name or "")
        ]
        assert not missing, f"{page.name}: homework {name} lacks {missing}"


def test_options_named_in_the_text_exist() -> None:
    for page in PAGES:
        for name, rest in re.findall(r"`(?:\.venv/bin/)?homework ([a-z]+)((?: [^`]*)?)`", prose(page)):
            command = cli.main.commands.get(name)
            assert command is not None, f"{page.name}: homework {name}"
            known = {option for param in command.params for option in param.opts} | {"--help"}
            assert set(re.findall(r"(?<=\s)--?[a-z]+", rest)) <= known, f"{page.name}: homework {name}{rest}"


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {words[0] for _, words in console_lines("make")}
    named |= {name for page in PAGES for name in re.findall(r"`make ([a-z-]+)", prose(page))}
    assert named
    assert named <= targets


def test_nbgrader_commands_exist() -> None:
    spec = importlib.util.find_spec("nbgrader")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    apps = Path(spec.submodule_search_locations[0]) / "apps"
    named = {words[0] for _, words in console_lines(".venv/bin/nbgrader")}
    named |= {name for page in PAGES for name in re.findall(r"`nbgrader (\w+)", prose(page))}
    for name in named:
        assert (apps / f"{name.replace('_', '')}app.py").is_file(), name


def test_python_blocks_are_python() -> None:
    for page in PAGES:
        for language, block in FENCE.findall(page.read_text()):
            if language == "python":
                lines = block.splitlines()
                indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
                ast.parse("\n".join(line[indent:] for line in lines))


def test_every_verdict_is_explained_to_graders() -> None:
    page = (ROOT / "docs" / "graders.md").read_text()
    for verdict in Verdict:
        assert f"| `{verdict}` |" in page, verdict


def imports(path: Path) -> set[str]:
    """The top-level or dotted names that a module imports, without relative ones."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return found


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [
        ("sandbox", ("homework.sandbox",)),
        (
            "judge",
            (
                "homework.judge",
                "homework.choices",
                "homework.results",
                "homework.sandbox.errors",
                "homework.sandbox.request",
                "homework.sandbox.inside.driver",
                "homework.sandbox.inside.flat",
                "homework.sandbox.inside.values",
            ),
        ),
    ],
)
def test_sandbox_and_judge_import_nothing_above_them(folder: str, allowed: tuple[str, ...]) -> None:
    for path in (ROOT / "homework" / folder).rglob("*.py"):
        ours = {name for name in imports(path) if name.partition(".")[0] == "homework"}
        assert all(name.startswith(allowed) for name in ours), f"{path}: {ours}"


def test_what_is_mounted_in_the_sandbox_imports_nothing_of_the_package() -> None:
    for path in (ROOT / "homework" / "sandbox" / "inside").glob("*.py"):
        assert not {name for name in imports(path) if name.startswith(("homework", "nbgrader", "pytest"))}, (
            path
        )
        relative = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)
        ]
        assert all(node.level <= 1 for node in relative), path


def test_every_finding_is_listed_with_the_versions_that_it_runs() -> None:
    rows = dict(re.findall(r"^\| \[[\w-]+\]\(([\w-]+\.sh)\) \| (.+?) \|", FINDINGS.read_text(), re.MULTILINE))
    assert sorted(rows) == sorted(path.name for path in FINDINGS.parent.glob("*.sh"))
    for name, packages in rows.items():
        script = (FINDINGS.parent / name).read_text()
        for version in re.findall(r"\d+\.\d+\.\d+", packages):
            assert re.search(rf"[=@]=?{re.escape(version)}", script), f"{name} does not install {version}"


@pytest.mark.parametrize("page", ["students.md", "gradescope.md"])
def test_versions_of_other_tools_were_run(page: str) -> None:
    """What a table says of a version, a finding has seen."""
    rows = [line for line in (ROOT / "docs" / page).read_text().splitlines() if line.startswith("| ")]
    scripts = "".join(path.read_text() for path in FINDINGS.parent.glob("*.sh"))
    versions = re.findall(r"\d+\.\d+\.\d+", "".join(rows))
    assert versions
    for version in versions:
        assert re.search(rf"[=@]=?{re.escape(version)}", scripts), f"no finding runs {version}"
