"""`named.toml` of a bank: wrong answers of students that an instructor gave a sentence, recognized by their digests.

The code of students is never run where answers are known, so it cannot be an entry of misconceptions.py. What it
answered in the tests that it failed is enough to know it again.

    [adds_the_bias_twice]
    sentence = "The bias is added twice."
    answers = { "test_values" = "0f3a…", "test_batch[2]" = "99c2…" }
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from homework.judge.banks.bank import BankError, Known

FILE = "named.toml"
_HEAD = (
    "# Wrong answers that `homework name` gave a sentence. They are recognized by digests of what was answered in\n"
    "# hidden tests, which change with the tests and the course's secret. Edit sentences, or remove an entry.\n"
)


def read_known(folder: Path) -> list[Known]:
    """The entries in a bank's folder. Raises BankError for a file that is malformed."""
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise BankError(f"{path} cannot be read: {error}") from error
    return [_known(path, name, entry) for name, entry in data.items()]


def _known(path: Path, name: str, entry: Any) -> Known:
    sentence = entry.get("sentence") if isinstance(entry, dict) else None
    answers = entry.get("answers") if isinstance(entry, dict) else None
    if not isinstance(sentence, str) or not isinstance(answers, dict) or not answers:
        raise BankError(f"{path}: [{name}] needs a sentence and answers, by test")
    return Known(name, sentence, {test: str(digest) for test, digest in answers.items()})


def add_known(folder: Path, one: Known) -> Path:
    """Append an entry. Returns the file."""
    path = folder / FILE
    text = path.read_text("utf-8") if path.is_file() else _HEAD
    answers = ", ".join(f"{_quoted(test)} = {_quoted(digest)}" for test, digest in one.answers.items())
    text += f"\n[{one.name}]\nsentence = {_quoted(one.sentence)}\nanswers = {{ {answers} }}\n"
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)
    return path


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # the same escapes as TOML's
