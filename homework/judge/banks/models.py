"""Banks of models: Python files as in a bank of functions, and what is handed in with each entry.

solutions/<assignment>/<model>/models/<entry>.safetensors   for `model.safetensors`, and so on for other endings

An entry without a file of its own is handed in with the reference's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from homework.judge.banks.bank import BankError, Entry
from homework.judge.banks.functions import FunctionBank


class ModelBank(FunctionBank):
    """The bank of the class `exercise` in `folder`, and of the files with its weights."""

    with_files = True

    def files(self, entry: Entry | None, names: Iterable[str]) -> dict[str, bytes]:
        """The files called `names` as they are handed in with the reference, or with `entry`. Raises BankError."""
        found = {}
        for name in names:
            usual = self.folder / "models" / f"reference{Path(name).suffix}"
            own = usual if entry is None else usual.with_stem(entry.name)
            try:
                found[name] = (own if own.is_file() else usual).read_bytes()
            except OSError as error:
                raise BankError(f"{usual} cannot be read: {error.strerror}") from error
        return found
