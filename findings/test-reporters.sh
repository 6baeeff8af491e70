#!/usr/bin/env bash
# What reporters of test results do with subtests, skips and partial credit: gradescope-utils and pytest-json-report.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs a small set of unit tests
# with each of them and compares with what was seen; status 1 where a package does something else. Not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: a test of which a subtest fails is reported as failed, with 0 of its points; so is a test that gives
# itself points and then fails. Seen instead, in November 2026 (Python 3.11):
#   gradescope-utils 0.5.0    tests with a failed subtest or a skip are not in the results at all, so
#                             their points are missing from the maximum, too; points given before a failure, and more
#                             than the maximum, count; weights of a leaderboard's test and of a class are ignored
#     https://github.com/gradescope/gradescope-utils/blob/master/gradescope_utils/autograder_utils/json_test_runner.py
#   pytest-json-report 1.5.0  with pytest 9.2.0, a unittest.TestCase with a failed subtest has the outcome "subtests
#                             passed", which its documentation does not know
#     https://github.com/numirias/pytest-json-report#format, https://docs.pytest.org/en/stable/how-to/subtests.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gradescope-utils==0.5.0 pytest==9.2.0 \
  pytest-json-report==1.5.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata as metadata
import io
import json
import subprocess
import sys
import unittest
from pathlib import Path

from gradescope_utils.autograder_utils.decorators import leaderboard, partial_credit, weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


class Methods(unittest.TestCase):
    @weight(5)
    def test_subtest(self):
        for stride in (1, 2, 3):
            with self.subTest(stride=stride):
                self.assertNotEqual(stride, 2)

    @weight(5)
    def test_skipped(self):
        self.skipTest("no such package")

    @partial_credit(10)
    def test_points_then_failure(self, set_score=None):
        set_score(10)
        self.fail()

    @partial_credit(10)
    def test_no_points_given(self, set_score=None):
        pass

    @partial_credit(10)
    def test_too_many_points(self, set_score=None):
        set_score(12)

    @weight(3)
    @leaderboard("accuracy")
    def test_leaderboard(self, set_leaderboard_value=None):
        set_leaderboard_value(0.9)

@weight(4)
class OfAClass(unittest.TestCase):
    def test_method(self):
        pass


def results(*cases):
    stream, suite = io.StringIO(), unittest.TestSuite()
    for case in cases:
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    JSONTestRunner(stream=stream).run(suite)
    return json.loads(stream.getvalue())


print("gradescope-utils", metadata.version("gradescope-utils"))
seen = {one["name"].split()[0]: one for one in results(Methods, OfAClass)["tests"]}
for name in ("test_subtest", "test_skipped", "test_leaderboard"):
    see(f"{name} is in the results", name in seen, False)
for name, expected in (
    ("test_points_then_failure", ["failed", 10, 10]),
    ("test_no_points_given", ["passed", 10, 10]),
    ("test_too_many_points", ["passed", 12, 10]),
    ("test_method", ["passed", None, None]),
):
    see(name, [seen[name].get(key) for key in ("status", "score", "max_score")], expected)

print("pytest-json-report", metadata.version("pytest-json-report"), "with pytest", metadata.version("pytest"))
Path("test_case.py").write_text("""
import unittest
class Case(unittest.TestCase):
    def test_method(self):
        for stride in (1, 2, 3):
            with self.subTest(stride=stride):
                self.assertNotEqual(stride, 2)
def test_function(subtests):
    with subtests.test():
        assert False
""")
subprocess.run([sys.executable, "-m", "pytest", "-q", "--json-report", "--json-report-file=r.json"], capture_output=True)
report = json.loads(Path("r.json").read_text())
outcomes = {one["nodeid"].rpartition("::")[2]: one["outcome"] for one in report["tests"]}
see("outcomes", outcomes, {"test_method": "subtests passed", "test_function": "failed"})
see("summary", {key: report["summary"].get(key) for key in ("failed", "total")}, {"failed": 1, "total": 2})
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
