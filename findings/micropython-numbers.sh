#!/usr/bin/env bash
# Where MicroPython, the Python of microcontrollers, gives other numbers than CPython for the same code.
#
# Makes a temporary folder, installs MicroPython built for WebAssembly from npm, runs the same lines with it and with
# CPython and compares with what was seen; status 1 where MicroPython does something else. Seconds; needs node and npm;
# not in CI. PYTHON names the interpreter (python3).
#
# Expected before: a level outside int8 raises OverflowError in an array, as in CPython and as bytes() does; dicts keep
# the order in which they were filled; formats round as CPython's. Seen instead, in November 2026 (node 20, Python 3.11),
# with MicroPython 1.27.0:
#   1. array, bytearray and struct keep the lowest bits of what does not fit: 200 becomes -56
#      https://docs.micropython.org/en/latest/genrst/modules.html#array
#   2. the order of a dict's keys is that of its hash table
#      https://github.com/micropython/micropython/blob/master/py/map.c
#   3. f"{2.5:.0f}" is 3, round(2.5) is 2, and a comma in a format is ignored
#      https://github.com/micropython/micropython/blob/master/py/formatfloat.c
#   4. an array cannot be sliced with a step
#      https://docs.micropython.org/en/latest/genrst/modules.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @micropython/micropython-webassembly-pyscript@1.27.0
cat > lines.py <<'PYTHON'
import json
import struct
from array import array


def tried(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__


def stored():
    levels = bytearray(1)
    levels[0] = 300
    return levels[0]


print(json.dumps([
    tried(lambda: list(array("b", [200, -129, 300]))),
    tried(stored),
    tried(lambda: list(struct.pack("b", 200))),
    tried(lambda: list(struct.pack("<h", 70000))),
    tried(lambda: list(bytes([300]))),
    tried(lambda: list({"conv1": 1, "conv2": 2, "fc1": 3, "fc2": 4, "bias": 5})),
    [f"{x:.0f}" for x in (0.5, 1.5, 2.5)],
    [round(x) for x in (0.5, 1.5, 2.5)],
    tried(lambda: f"{231211008.0:,.0f}"),
    tried(lambda: list(array("b", [1, 2, 3, 4])[::2])),
]))
PYTHON
cat > run.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";
const python = await loadMicroPython({ stdout: (line) => console.log(line), linebuffer: true });
python.runPython(readFileSync("lines.py", "utf8"));
NODE
node run.mjs > micropython.json
"${PYTHON:-python3}" lines.py > cpython.json
"${PYTHON:-python3}" - <<'PYTHON'
import json
import sys
from pathlib import Path

ROWS = (  # what, in MicroPython, in CPython
    ("1. array('b', [200, -129, 300])", [-56, 127, 44], "OverflowError"),
    ("1. bytearray: 300", 44, "ValueError"),
    ("1. struct.pack('b', 200)", [200], "error"),
    ("1. struct.pack('<h', 70000)", [112, 17], "error"),
    ("1. bytes([300])", "ValueError", "ValueError"),
    ("2. keys of a dict", ["bias", "conv1", "fc1", "fc2", "conv2"], ["conv1", "conv2", "fc1", "fc2", "bias"]),
    ("3. 0.5, 1.5, 2.5 with :.0f", ["1", "2", "3"], ["0", "2", "2"]),
    ("3. 0.5, 1.5, 2.5 with round()", [0, 2, 2], [0, 2, 2]),
    ("3. 231211008.0 with :,.0f", "231211008", "231,211,008"),
    ("4. array[::2]", "NotImplementedError", [1, 3]),
)
failures = 0
found = [json.loads(Path(f"{name}.json").read_text()) for name in ("micropython", "cpython")]
for (what, *expected), *seen in zip(ROWS, *found):
    same = seen == expected
    failures += not same
    print(f"{'as before' if same else 'CHANGED  '}  {what}: {seen[0]}, CPython {seen[1]}" + ("" if same else f", was {expected}"))
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
