#!/usr/bin/env bash
# What nbgitpuller makes of a student's notebook when a corrected homework is handed out.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs it on valid input
# and compares with what was seen; status 1 where a package does something else. Half a minute; needs git; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: where both sides changed, the notebook has conflict markers, or the student's file is kept whole; a file
# that a student deleted or made stays so. Seen instead, in November 2026 (Python 3.11, git 2.39), with nbgitpuller 1.3.0:
#   1. where lines conflict the student's are kept, hunk by hunk: a corrected line beside an edit never arrives
#   2. if tasks were put into another order, one of them is there twice, the student's and below it the empty one, with the
#      same cell ids: run from top to bottom, the empty one counts
#   3. a file of a student's that is in the new release is renamed, hw2__<time>.ipynb; a deleted file comes back
#      https://github.com/jupyterhub/nbgitpuller/blob/main/nbgitpuller/pull.py
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile \
  nbgitpuller==1.3.0
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from nbgitpuller.pull import GitPuller

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


os.environ |= {"HOME": os.getcwd(), "GIT_CONFIG_NOSYSTEM": "1"}
for who in ("AUTHOR", "COMMITTER"):
    os.environ |= {f"GIT_{who}_NAME": "Instructor", f"GIT_{who}_EMAIL": "instructor@example.org"}


def git(*command):
    subprocess.run(["git", *command], cwd="course", check=True, capture_output=True)


def cell(name, source):
    return {"cell_type": "code", "id": name, "metadata": {}, "source": source.splitlines(True), "outputs": [],
            "execution_count": None}


def write(path, *cells):
    Path(path).write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n")


def names(path):
    return [(one["id"], "".join(one["source"])[:10]) for one in json.loads(Path(path).read_text())["cells"]]


def commit(message):
    git("add", ".")
    git("commit", "--message", message)


def pull():
    list(GitPuller("course", "student", branch="main").pull())


STUB = "raise NotImplementedError()"
first = cell("text1", "# task 1"), cell("f", STUB)
second = cell("text2", "# task 2"), cell("g", STUB)
Path("course").mkdir()
git("init", "--initial-branch", "main")
write("course/hw1.ipynb", *first, *second)
for name in ("helper.py", "data.txt"):
    Path("course", name).write_text("x = 1\n")
commit("the first release")
pull()
mine = [first[0], cell("f", "def f(): 1"), second[0], cell("g", "def g(): 2")]
write("student/hw1.ipynb", *mine)
write("student/hw2.ipynb", cell("notes", "my notes"))
Path("student/helper.py").write_text("x = 2\n")
Path("student/data.txt").unlink()
write("course/hw1.ipynb", *second, *first)
write("course/hw2.ipynb", cell("text", "# homework 2"))
Path("course/helper.py").write_text("x = 1\ny = 1  # corrected\n")
commit("another order of tasks, another homework")
pull()

print("nbgitpuller", metadata.version("nbgitpuller"))
see("1. helper.py, with a correction below the student's line", Path("student/helper.py").read_text(), "x = 2\n")
see("2. cells of the merged notebook", names("student/hw1.ipynb"),
    [(one["id"], "".join(one["source"])[:10]) for one in (*mine, first[0])] + [("f", STUB[:10])])
files = sorted(re.sub(r"\d{14}", "<time>", path.name) for path in Path("student").iterdir() if path.name != ".git")
see("3. files", files, ["data.txt", "helper.py", "hw1.ipynb", "hw2.ipynb", "hw2__<time>.ipynb"])
see("3. cells of hw2.ipynb", names("student/hw2.ipynb"), [("text", "# homework")])
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
