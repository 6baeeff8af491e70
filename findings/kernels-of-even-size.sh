#!/usr/bin/env bash
# Where cross-correlation with "same" output puts a kernel of even size, and what it does with integers.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs each on valid input
# and compares with what was seen; status 1 where a package does something else. Some minutes; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: one library puts the kernel at one place, the functions of two libraries that keep the size agree, and
# weights that are fractions give fractions. Seen instead, in November 2026 (x86-64, Python 3.11):
#   scipy 1.17.1    signal.correlate2d and signal.correlate (and ndimage.correlate) differ by one pixel in rows and columns:
#                   the former is what torch's padding="same" computes
#     https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.correlate2d.html
#   scipy 1.17.1    ndimage keeps the dtype of the input: sums of uint8 wrap around, fractions are cut off
#     https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.correlate.html
#   opencv 5.0.0    filter2D is cross-correlation, puts the kernel as ndimage does, and saturates
#     https://docs.opencv.org/5.x/d4/d86/group__imgproc__filter.html
#   torch 2.13.0    https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
install() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile "$@"; }
install torch==2.13.0+cpu 2>/dev/null || install torch==2.13.0
install numpy==2.4.6 scipy==1.17.1 opencv-python-headless==5.0.0.93
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import sys

import cv2
import numpy as np
import torch
from scipy import ndimage, signal

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


X = np.zeros((7, 7), dtype=np.float32)
X[3, 3] = 1
K = np.array([[1, 2], [3, 4]], dtype=np.float32)


def places(Y):
    '''Where each weight of K shows, relative to the one pixel of X that is not 0.'''
    return {round(float(Y[i, j])): (int(i) - 3, int(j) - 3) for i, j in zip(*np.nonzero(np.rint(Y)))}


UP, DOWN = {1: (0, 0), 2: (0, -1), 3: (-1, 0), 4: (-1, -1)}, {1: (1, 1), 2: (1, 0), 3: (0, 1), 4: (0, 0)}
for package in ("scipy", "opencv-python-headless", "torch"):
    print(package, metadata.version(package))
see("scipy.signal.correlate2d(X, K, 'same')", places(signal.correlate2d(X, K, "same")), UP)
torches = torch.nn.functional.conv2d(torch.tensor(X)[None, None], torch.tensor(K)[None, None], padding="same")
see("torch conv2d(X, K, padding='same')", places(torches[0, 0].numpy()), UP)
see("scipy.signal.correlate(X, K, 'same')", places(signal.correlate(X, K, "same")), DOWN)
see("scipy.ndimage.correlate(X, K, mode='constant')", places(ndimage.correlate(X, K, mode="constant")), DOWN)
see("cv2.filter2D(X, -1, K)", places(cv2.filter2D(X, -1, K, borderType=cv2.BORDER_CONSTANT)), DOWN)
bright, ones = np.full((1, 3), 200, dtype=np.uint8), np.ones((1, 3))
see("ndimage.correlate of 200, 200, 200 as uint8 with ones", ndimage.correlate(bright, ones).tolist(), [[88, 88, 88]])
see("cv2.filter2D of these", cv2.filter2D(bright, -1, ones).tolist(), [[255, 255, 255]])
halves = [0.5, 0.5, 0.5]
see("ndimage.correlate of 1, 2, 4 with halves", ndimage.correlate(np.array([1, 2, 4]), halves).tolist(), [2, 3, 5])
see("signal.correlate of these", signal.correlate(np.array([1, 2, 4]), halves, "same").tolist(), [1.5, 3.5, 3.0])
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
