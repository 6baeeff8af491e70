#!/usr/bin/env bash
# What tools that compare code and texts find of short answers.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs each of them on valid input
# and compares with what was seen; status 1 where a package does something else. One minute; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: two equal answers are equal to each tool, empty ones too, and leaving out a "not" or exchanging two names
# is seen. Seen instead, in November 2026 (Python 3.11):
#   copydetect 0.5.0     two equal functions of one line have nothing in common; a copy of a longer one with other names
#                        is 100 % alike
#     https://github.com/blingenf/copydetect#readme
#   scikit-learn 1.9.1   words of one letter are no words: "W is larger than X" is "X is larger than W"; "English stop words"
#                        are also not, never, cannot, full, system, bottom and fire
#     https://scikit-learn.org/stable/modules/feature_extraction.html#stop-words
#   rapidfuzz 3.14.6     two empty texts are 100 % alike to ratio and 0 % to token_set_ratio, WRatio and QRatio; to
#                        token_set_ratio a text is like each that contains its words
#     https://rapidfuzz.github.io/RapidFuzz/Usage/fuzz.html
#   difflib (Python)     0.0 for texts of some length whose words are in another order, where rapidfuzz says 91 %: letters
#                        that are frequent in a text of 200 characters or more are junk
#     https://docs.python.org/3/library/difflib.html#difflib.SequenceMatcher
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile \
  copydetect==0.5.0 scikit-learn==1.9.1 rapidfuzz==3.14.6 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import difflib
import importlib.metadata as metadata
import sys
from pathlib import Path

from copydetect import CodeFingerprint, compare_files
from rapidfuzz import fuzz
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


SHORT = "def f(X, K):\n    return X @ K\n"
LONG = '''def cross_corr_2d(X, K):
    h, w = K.shape
    out = torch.zeros(X.shape[0] - h + 1, X.shape[1] - w + 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return out
'''
RENAMED = LONG.replace("cross_corr_2d", "slide").replace("out", "result").replace("X", "A").replace("K", "B")


def copied(left, right):
    for name, text in (("left.py", left), ("right.py", right)):
        Path(name).write_text(text)
    return round(float(compare_files(*(CodeFingerprint(name, 25, 1) for name in ("left.py", "right.py")))[1][0]), 2)


def cosine(left, right, **options):
    return round(float(cosine_similarity(TfidfVectorizer(**options).fit_transform([left, right]))[0, 1]), 2)


print("copydetect", metadata.version("copydetect"))
see("a function of one line and itself", copied(SHORT, SHORT), 0.0)
see("a function of seven lines and itself", copied(LONG, LONG), 1.0)
see("the same with other names", copied(LONG, RENAMED), 1.0)

print("scikit-learn", metadata.version("scikit-learn"))
see("'W is larger than X' and 'X is larger than W'", cosine("W is larger than X", "X is larger than W"), 1.0)
see("the same with pairs of words", cosine("W is larger than X", "X is larger than W", ngram_range=(1, 2)), 1.0)
english = {"stop_words": "english"}
see("'it is linear' and 'it is never linear', stop words", cosine("it is linear", "it is never linear", **english), 1.0)
kept = TfidfVectorizer(**english).fit(["not cannot full system bottom fire module"]).get_feature_names_out().tolist()
see("left of not, cannot, full, system, bottom, fire, module", kept, ["module"])

print("rapidfuzz", metadata.version("rapidfuzz"))
see("two empty texts", [fuzz.ratio("", ""), fuzz.token_set_ratio("", ""), fuzz.WRatio("", ""), fuzz.QRatio("", "")],
    [100.0, 0.0, 0.0, 0.0])
see("'it is linear' and 'it is not linear'", fuzz.token_set_ratio("it is linear", "it is not linear"), 100.0)
left, right = "the kernel slides over the input" * 8, "over the input the kernel slides" * 8
see("ratio of a text and its halves exchanged", round(fuzz.ratio(left, right)), 91)
see("difflib's ratio of these", difflib.SequenceMatcher(None, left, right).ratio(), 0.0)
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
