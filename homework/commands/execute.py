"""Run one of our own notebooks (a release, a worked solution) in a real kernel. Never for what students hand in."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from homework.course.cells import TRAIN


def run_notebook(notebook: dict[str, Any], folder: Path, *, allow_errors: bool) -> dict[str, Any]:
    """Run `notebook` in a copy of `folder` and return it with outputs.

    Cells with the tag `train` are not run, as when grading. Raises nbclient's CellExecutionError if a cell fails,
    unless `allow_errors`.
    """
    import nbformat
    from nbclient import NotebookClient

    node = nbformat.reads(json.dumps(notebook), as_version=4)
    with tempfile.TemporaryDirectory(prefix="homework-run-") as temporary:
        copy = Path(temporary) / folder.name
        shutil.copytree(folder, copy)
        NotebookClient(
            node,
            timeout=600,
            kernel_name="python3",
            allow_errors=allow_errors,
            record_timing=False,
            skip_cells_with_tag=TRAIN,
            resources={"metadata": {"path": str(copy)}},
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        ).execute()
    executed: dict[str, Any] = json.loads(nbformat.writes(node, version=4))
    return executed
