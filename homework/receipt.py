"""The receipt beside each autograded notebook: its result, and what that depended on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RECEIPT = "receipt.json"


def read_receipt(folder: Path) -> dict[str, Any] | None:
    """The receipt in `autograded/<student>/<assignment>/`; None if there is none that vouches for a grading.

    It is the result (docs/result-schema.json) with one more entry, `recorded`.
    """
    return None if was_interrupted(folder) else last_receipt(folder)


def was_interrupted(folder: Path) -> bool:
    """Whether a grading ended while it was recorded: what stands in the folder may not belong together."""
    return (folder / f"{RECEIPT}.new").exists()


def last_receipt(folder: Path) -> dict[str, Any] | None:
    """The receipt in a folder, also where a later grading was interrupted; None if there is none that can be read."""
    try:
        receipt = json.loads((folder / RECEIPT).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return receipt if _is_receipt(receipt) else None


def _is_receipt(receipt: Any) -> bool:
    """Whether `receipt` has what is looked up in one: files get damaged, and edited."""
    forms = {
        "status": str,
        "submission": dict,
        "score": dict,
        "exercises": list,
        "environment": dict,
        "recorded": dict,
    }
    return (
        isinstance(receipt, dict)
        and all(isinstance(receipt.get(name), form) for name, form in forms.items())
        and isinstance(receipt["recorded"].get("answers"), dict)
        and "sha256" in receipt["submission"]
    )
