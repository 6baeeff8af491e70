"""Helpers for the quiz: how your answers will be read, and radio buttons for those who prefer them.

It contains no answers. You may read it and use it; grading uses the original, whatever you change here.
"""

from __future__ import annotations

import re
from typing import Any

LETTERS = "abcd"
_LETTER = re.compile(r"([a-d])|([a-d])\s*[).]|\(\s*([a-d])\s*\)")
_WIDE = {code + 0xFEE0: code for code in range(0x21, 0x7F)}  # full-width forms of ASCII
_clicked: dict[str, str] = {}  # the answers that were given with the buttons


def show_answer(name: str, names: dict[str, Any]) -> None:
    """Print how the answer `name` (such as "q01") will be read; `names` are the notebook's, `globals()`."""
    answer = names.get(name)
    text = answer.translate(_WIDE).strip().lower() if isinstance(answer, str) else None
    if _is_empty(answer):
        print(f"{name}: no answer yet")
    elif text and (found := _LETTER.fullmatch(text)):
        print(f"{name}: your answer is {found[found.lastindex or 0]}")
    else:
        print(f'{name}: this is not the letter of one option; type it as in {name} = "b"')


def buttons(names: dict[str, Any]) -> None:
    """Show radio buttons for the questions without an answer: a click sets the variable, as typing does.

    `names` are the notebook's, `globals()`. Where there are no buttons, print how to answer without them.
    """
    questions = sorted(name for name in names if re.fullmatch(r"q\d\d", name))
    try:
        from IPython import get_ipython
        from IPython.display import display
        from ipywidgets import ToggleButtons

        if getattr(get_ipython(), "kernel", None) is None:
            raise ImportError("not in Jupyter")
    except ImportError:
        print('Radio buttons need Jupyter and the package ipywidgets. Type your answers instead: q01 = "b".')
        return
    typed = [name for name in questions if not _is_empty(names[name]) and name not in _clicked]
    if typed:
        print(f"Answered in their own cells: {', '.join(typed)}")
    for name in (name for name in questions if name not in typed):
        # Toggle buttons are radio buttons on one line. Without a value, none is chosen.
        row = ToggleButtons(options=list(LETTERS), value=_clicked.get(name), description=name)
        row.style.button_width = "4em"
        row.observe(lambda change, name=name: _choose(names, name, change["new"]), "value")
        display(row)


def write_answers() -> None:
    """Put what was clicked into a new cell below: only what is in cells is handed in. Run that cell, too."""
    lines = "\n".join(f'{name} = "{letter}"' for name, letter in sorted(_clicked.items()))
    if not lines:
        print("Nothing was clicked.")
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.set_next_input(lines)
    print("If no new cell appeared below, copy these lines into one:\n")
    print(lines)


def _is_empty(answer: Any) -> bool:
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _choose(names: dict[str, Any], name: str, letter: str) -> None:
    names[name] = _clicked[name] = letter
