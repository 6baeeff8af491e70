#!/usr/bin/env bash
# What tools of the notebook world keep of a notebook: the rows with a version in docs/students.md, "Other tools".
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, sends one valid notebook (names of
# cells, an attached picture, a written answer, outputs) through each of them and back, and compares with what was seen;
# status 1 where a tool does something else. Some minutes, 1 GB of downloads; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Seen in November 2026 (x86-64, Python 3.11); sources of the behavior:
#   jupytext   https://jupytext.readthedocs.io/en/latest/formats-scripts.html
#   nbconvert  https://nbconvert.readthedocs.io/en/latest/usage.html#executable-script
#   nbstripout https://github.com/kynan/nbstripout#readme
#   nb-clean   https://github.com/srstevenson/nb-clean#readme
#   nbdev      https://nbdev.fast.ai/api/clean.html
#   papermill  https://papermill.readthedocs.io/en/latest/usage-execute.html
#   p2j        https://github.com/remykarem/python2jupyter#readme
#   marimo     https://docs.marimo.io/guides/coming_from/jupyter/
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ipykernel==7.4.0 jupytext==1.19.6 \
  nbconvert==7.17.2 nbstripout==0.9.1 nb-clean==5.0.0 nbdev==3.3.26 papermill==2.7.0 p2j==1.3.2 \
  marimo==0.25.2
cd "$folder"
export PATH="$folder/venv/bin:$PATH" JUPYTER_DATA_DIR="$folder/jupyter" HOME="$folder"
python -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

failures = 0
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ANSWER = "Depth is economical: my own words.\n\n![sketch.png](attachment:sketch.png)"


def nbgrader(name, **flags):
    said = {"grade": False, "grade_id": name, "locked": False, "schema_version": 3, "solution": False, "task": False}
    return {"nbgrader": {**said, **flags}}


def notebook():
    """A solved homework in small: a statement, a function, the examples, a written answer with a picture."""
    v4 = nbformat.v4
    image = v4.new_output("display_data", data={"image/png": PNG, "text/plain": "<Figure>"})
    cells = [
        v4.new_markdown_cell("## Cross-correlation", metadata=nbgrader("f_text", locked=True)),
        v4.new_code_cell("def f(X):\n    return 2 * X", metadata=nbgrader("f", solution=True)),
        v4.new_code_cell("assert f(1) == 2", metadata=nbgrader("test_f", grade=True, locked=True, points=2)),
        v4.new_code_cell("def f(X):\n    return X + X", metadata={}),
        v4.new_code_cell("print(f(2))", metadata={"tags": ["train"]}, outputs=[image], execution_count=3),
        v4.new_markdown_cell(
            ANSWER, metadata=nbgrader("why", grade=True, solution=True, points=2), attachments={"sketch.png": {"image/png": PNG}}
        ),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    language = {"name": "python", "file_extension": ".py", "nbconvert_exporter": "python"}  # as Jupyter saves it
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": language})


def call(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{command}: {(done.stdout + done.stderr).strip()[-300:]}")
    return done.stdout


def kept(path):
    """What is left of names, picture, answer, outputs and the two definitions of f."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells)
    of_text = [cell for cell in cells if "my own words" in cell.source]
    return {
        "names": sum("grade_id" in cell.metadata.get("nbgrader", {}) for cell in cells),
        "picture": any(PNG in json.dumps(cell.get("attachments", {})) for cell in cells) or PNG in text,
        "answer": [cell.cell_type for cell in of_text],
        "outputs": any(cell.get("outputs") for cell in cells),
        "definitions": len(re.findall(r"^def f\(", text, re.MULTILINE)),
    }


def see(package, what, tool, expected):
    """Send a fresh notebook through a tool, print what is left, and compare with what was seen."""
    global failures
    here = Path(f"{package}-" + re.sub(r"\W+", "-", what))
    shutil.rmtree(here, ignore_errors=True)
    here.mkdir()
    nbformat.write(notebook(), here / "hw.ipynb")
    try:
        found = kept(tool(here))
    except OSError as error:
        found = {"failed": str(error)}
    wanted = dict(zip(("names", "picture", "answer", "outputs", "definitions"), expected))
    failures += found != wanted
    print(f"{'as before' if found == wanted else 'CHANGED  '}  {package} {metadata.version(package)}, {what}: {found}"
          + ("" if found == wanted else f", was {wanted}"))


def through(form, update=False):
    def tool(here):
        call("jupytext", "--to", form, here / "hw.ipynb")
        (text,) = [path for path in here.iterdir() if path.suffix in (".py", ".md")]
        target = here / ("hw.ipynb" if update else "back.ipynb")
        call("jupytext", "--to", "ipynb", *(["--update"] if update else []), "-o", target, text)
        return target
    return tool


def by_script(convert):
    def tool(here):
        call("jupyter", "nbconvert", "--to", "script", here / "hw.ipynb")
        convert(here)
        return here / "back.ipynb"
    return tool


def in_place(*command):
    def tool(here):
        call(*command, here / "hw.ipynb")
        return here / "hw.ipynb"
    return tool


def papermill(here):
    call("papermill", "--no-progress-bar", here / "hw.ipynb", here / "out.ipynb")
    return here / "out.ipynb"


def marimo(here):
    call("marimo", "convert", here / "hw.ipynb", "-o", here / "hw.py")
    call("marimo", "export", "ipynb", here / "hw.py", "-o", here / "back.ipynb", "--sort", "top-down")
    return here / "back.ipynb"


MARKDOWN, CODE = ["markdown"], ["code"]
see("jupytext", "py:percent and back", through("py:percent"), (4, False, MARKDOWN, False, 2))
see("jupytext", "md and back", through("md"), (4, False, MARKDOWN, False, 2))
see("jupytext", "py:light and back", through("py:light"), (4, False, MARKDOWN, False, 2))
see("jupytext", "py:percent with --update", through("py:percent", True), (4, True, MARKDOWN, True, 2))
see("nbconvert", "a script and back by jupytext",
    by_script(lambda here: call("jupytext", "--to", "ipynb", "-o", here / "back.ipynb", here / "hw.py")),
    (0, False, CODE, False, 2))
see("p2j", "a script and back", by_script(lambda here: call("p2j", "-o", "-t", here / "back.ipynb", here / "hw.py")),
    (0, False, MARKDOWN, False, 2))
see("nbconvert", "--execute --inplace", in_place("jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace"),
    (4, True, MARKDOWN, True, 2))
see("nbconvert", "--clear-output --inplace", in_place("jupyter", "nbconvert", "--clear-output", "--inplace"),
    (4, True, MARKDOWN, False, 2))
see("nbstripout", "clean", in_place("nbstripout"), (4, True, MARKDOWN, False, 2))
see("nb-clean", "clean", in_place("nb-clean", "clean"), (0, True, MARKDOWN, False, 2))
see("nbdev", "nbdev-clean", in_place("nbdev-clean", "--fname"), (0, True, MARKDOWN, True, 2))
see("papermill", "execute", papermill, (4, True, MARKDOWN, True, 2))
see("marimo", "convert and export", marimo, (0, False, MARKDOWN, False, 1))
sys.exit(failures > 0)
PYTHON
