"""A written answer is found wherever it is; no answer is worth nothing while a text of the student's own is left."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from homework.submission.read import read
from homework.submission.rebuild import Rebuilt, State, rebuild
from homework.submission.template import Template
from tests.homework.faults.recipe import above, below, cell, copied, own, place, source, write
from tests.homework.support import filled

QUESTIONS = [f"warmup_{letter}" for letter in "abcdfghij"]
ANSWERS = {name: f"In my own words about {name}." for name in QUESTIONS}
Notebook = dict[str, Any]


@pytest.fixture
def answered(template: Template) -> Notebook:
    """A notebook in which every question is answered."""
    return filled(template, ANSWERS)


def rebuilt(template: Template, notebook: Notebook) -> Rebuilt:
    cells, _ = read(json.dumps(notebook).encode())
    return rebuild(template, cells)


def texts(made: Rebuilt) -> dict[str, str]:
    """The written answers that a person sees."""
    return {one.name: one.source for one in made.cells if one.name in QUESTIONS and one.own}


def without_names(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        one["metadata"] = {}


def blank_added(notebook: Notebook) -> None:
    """Another editor wrote one blank too many into a question."""
    without_names(notebook)
    question = next(cell for cell in notebook["cells"] if "(a) Depth" in "".join(cell["source"]))
    assert "(a) Depth" in "".join(question["source"])
    question["source"] = "".join(question["source"]).replace("Why do", "Why  do")


def lines_joined(notebook: Notebook) -> None:
    """A script and back: paragraphs on one line, questions and answers in one cell."""
    without_names(notebook)
    cells = []
    for one in notebook["cells"]:
        text = "".join(one["source"])
        if one["cell_type"] == "markdown":
            text = "\n\n".join(" ".join(part.split("\n")) for part in text.split("\n\n"))
        if one["cell_type"] == "markdown" and cells and cells[-1]["cell_type"] == "markdown":
            cells[-1]["source"] += "\n\n" + text
        else:
            cells.append({**one, "source": text})
    notebook["cells"] = cells


def into_comments(notebook: Notebook) -> None:
    """A script: every text is a comment in a code cell."""
    without_names(notebook)
    for one in notebook["cells"]:
        if one["cell_type"] == "markdown":
            text = "\n".join(f"# {line}".rstrip() for line in "".join(one["source"]).split("\n"))
            one.update(cell_type="code", source=text, outputs=[], execution_count=None)


def headings_by_underlining(notebook: Notebook) -> None:
    """pandoc: no number signs before a heading, and backslashes."""
    without_names(notebook)
    for one in notebook["cells"]:
        text = "".join(one["source"])
        if one["cell_type"] == "markdown" and text.startswith("#"):
            head, _, rest = text.partition("\n")
            head = head.lstrip("# ").replace("(", r"\(").replace(")", r"\)")
            one["source"] = f"{head}\n{'-' * len(head)}\n{rest}"


def in_the_questions(notebook: Notebook) -> None:
    """No names, and each answer typed into its question's cell."""
    for name in QUESTIONS:
        write(
            notebook,
            f"question_{name}",
            source(notebook, f"question_{name}") + "\n\n" + source(notebook, name),
        )
        write(notebook, name, "YOUR ANSWER HERE")
    without_names(notebook)


def merged(notebook: Notebook) -> None:
    """All cells of the warm-up were merged into the first one, which keeps its name."""
    first, last = place(notebook, "question_warmup_a"), place(notebook, "warmup_d")
    whole = "\n\n".join("".join(one["source"]) for one in notebook["cells"][first : last + 1])
    notebook["cells"][first]["source"] = whole
    del notebook["cells"][first + 1 : last + 1]


@pytest.mark.parametrize(
    "change",
    [
        without_names,
        blank_added,
        lines_joined,
        into_comments,
        headings_by_underlining,
        in_the_questions,
        merged,
    ],
)
def test_an_answer_is_recognized_by_its_question(
    template: Template, answered: Notebook, change: Callable[[Notebook], None]
) -> None:
    """By heading and likeness, whatever an editor did to the cells."""
    change(answered)
    made = rebuilt(template, answered)
    found = texts(made)
    for name in QUESTIONS:
        assert ANSWERS[name] in found[name].replace("# ", ""), name
        others = [other for other in QUESTIONS if other != name and ANSWERS[other] in found[name]]
        assert others == []
    assert {made.states[name] for name in QUESTIONS} == {State.ANSWERED}


LIST = "(a) Depth gives more with fewer weights.\n\n(b) Gradients vanish."
TO_A_PERSON = (
    "cells warmup_a, warmup_b and 7 others: each had no answer, but other cells have text of your own; "
)
TO_A_PERSON += "that text was copied into it, and a person will look at it"


def at_the_end(notebook: Notebook) -> None:
    notebook["cells"].append(own(LIST, "markdown"))


def at_the_top(notebook: Notebook) -> None:
    notebook["cells"].insert(0, own(LIST, "markdown"))


def raw(notebook: Notebook) -> None:
    notebook["cells"].append(own(LIST, "raw"))


def as_comments(notebook: Notebook) -> None:
    notebook["cells"].append(own("\n".join(f"# {line}" for line in LIST.splitlines())))


def as_a_string(notebook: Notebook) -> None:
    notebook["cells"].append(own(f'"""\n{LIST}\n"""'))


def as_magic(notebook: Notebook) -> None:
    notebook["cells"].append(own(f"%%markdown\n{LIST}"))


def in_code(notebook: Notebook) -> None:
    notebook["cells"].append(own(LIST))


def in_another_text(notebook: Notebook) -> None:
    write(notebook, "checklist", source(notebook, "checklist") + "\n\n" + LIST)


def in_place_of_a_text(notebook: Notebook) -> None:
    write(notebook, "setup_text", LIST)


def by_print(notebook: Notebook) -> None:
    text = "\\n".join(LIST.splitlines())
    notebook["cells"].append(own(f'print("{text}")'))


def as_a_value(notebook: Notebook) -> None:
    lines = (f"answer_{n} = '{line}'" for n, line in enumerate(LIST.splitlines()))
    notebook["cells"].append(own("\n".join(lines)))


def as_markdown_of_ipython(notebook: Notebook) -> None:
    code = f"Markdown('isn\\'t it: {LIST.splitlines()[0]}')\nMarkdown('{LIST.splitlines()[2]}')"
    notebook["cells"].append(own(f"from IPython.display import Markdown\n{code}"))


def in_the_examples(notebook: Notebook) -> None:
    comments = "\n".join(f"# {line}" for line in LIST.splitlines())
    write(notebook, "test_cross_corr_2d", source(notebook, "test_cross_corr_2d") + "\n" + comments)


@pytest.mark.parametrize(
    "change",
    [
        by_print,
        as_a_value,
        as_markdown_of_ipython,
        in_the_examples,
        at_the_end,
        at_the_top,
        raw,
        as_comments,
        as_a_string,
        as_magic,
        in_code,
        in_another_text,
        in_place_of_a_text,
    ],
)
def test_text_that_is_in_no_answer_goes_to_a_person(
    template: Template, change: Callable[[Notebook], None]
) -> None:
    """With every blank answer; the text stays where it was, too."""
    notebook = copy.deepcopy(template.notebook)
    change(notebook)
    made = rebuilt(template, notebook)
    assert TO_A_PERSON in made.notes
    found = texts(made)
    assert list(found) == QUESTIONS
    assert all("Gradients vanish." in text for text in found.values())
    assert not any("reordered" in note for note in made.notes)


def test_answers_in_another_answers_cell_go_to_a_person(template: Template) -> None:
    """Everything in the first cell: (b) says so, the others are blank."""
    made = rebuilt(template, filled(template, {"warmup_a": LIST}))
    assert texts(made) == {"warmup_a": LIST, "warmup_b": LIST}


def test_only_blank_answers_get_it(template: Template, answered: Notebook) -> None:
    """What is answered stays as it is."""
    write(answered, "warmup_c", "YOUR ANSWER HERE")
    at_the_end(answered)
    made = rebuilt(template, answered)
    assert texts(made) == {**ANSWERS, "warmup_c": LIST}
    assert sum("a person will look at it" in note for note in made.notes) == 1


def test_a_picture_alone_is_an_answer(template: Template) -> None:
    notebook = copy.deepcopy(template.notebook)
    picture = own("![sketch](attachment:s.png)", "markdown")
    picture["attachments"] = {"s.png": {"image/png": "AAAA"}}
    notebook["cells"].append(picture)
    made = rebuilt(template, notebook)
    assert all(one.attachments for one in made.cells if one.name in QUESTIONS)


@pytest.mark.parametrize(
    "form", ["# (a) {}", '"""(a) {}"""', "def cross_corr_2d(X, K):\n    # Answer a: {}\n    return 0"]
)
def test_an_answer_among_remarks_of_code_goes_to_a_person(template: Template, form: str) -> None:
    """Remarks are about the code as a rule; one that begins like a question is about that."""
    said = "Depth gives more with fewer weights."
    notebook = filled(template, {"cross_corr_2d": f"x = 1\n{form.format(said)}"})
    made = rebuilt(template, notebook)
    assert said in texts(made)["warmup_a"]
    assert list(texts(made)) == ["warmup_a"]


@pytest.mark.parametrize("text", ["\U0001f44d", "\u2192 \u2265 \u221e"])
def test_signs_without_a_word_are_an_answer(template: Template, text: str) -> None:
    notebook = copy.deepcopy(template.notebook)
    below(notebook, "question_warmup_a", own(text, "markdown"))
    assert texts(rebuilt(template, notebook)) == {"warmup_a": text}


def test_a_picture_without_a_text_is_an_answer(template: Template) -> None:
    """Attached to an empty cell, or shown by a cell that does nothing else."""
    attached = own("", "markdown")
    attached["attachments"] = {"s.png": {"image/png": "AAAA"}}
    shown = own("from IPython.display import Image\nImage('sketch.png')")
    shown["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"image/png": "AAAA"}}]
    for picture in (attached, shown):
        notebook = copy.deepcopy(template.notebook)
        below(notebook, "question_warmup_a", picture)
        made = rebuilt(template, notebook)
        (answer,) = (one for one in made.cells if one.name == "warmup_a")
        assert list(answer.attachments.values()) == [{"image/png": "AAAA"}]


def test_blank_answers_next_to_a_document_go_to_a_person(template: Template, answered: Notebook) -> None:
    del answered["cells"][place(answered, "warmup_j")]
    cells, _ = read(json.dumps(answered).encode())
    made = rebuild(template, cells, {"my answers.pdf": "3f0c2a91" * 8})
    said = "Handed in next to the notebook: my answers.pdf (3f0c2a91)"
    assert texts(made) == {**ANSWERS, "warmup_j": said}
    note = "cell warmup_j had no answer, but my answers.pdf was handed in next to the notebook, and a person will look at it"
    assert note in made.notes
    (said,) = (
        one for one in rebuild(template, cells, {"a.pdf": None, "b.png": None}).notes if "warmup_j" in one
    )
    assert "but a.pdf, b.png were handed in next to the notebook" in said


def test_a_document_next_to_complete_answers_is_named(template: Template, answered: Notebook) -> None:
    """It may be a correction that its author expects to be read."""
    cells, _ = read(json.dumps(answered).encode())
    made = rebuild(template, cells, {"more.docx": "3f0c2a91" * 8})
    assert texts(made) == ANSWERS
    assert "more.docx was handed in next to the notebook; only the notebook is graded" in made.notes


SAID = "Deep networks reuse the features of their earlier layers, so they need fewer units."


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": ["epoch 1 loss 0.5\n", SAID]},
        {"output_type": "display_data", "metadata": {}, "data": {"text/markdown": f"**{SAID}**"}},
        {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": repr(SAID)}},
    ],
)
def test_an_answer_that_only_an_output_shows_goes_to_a_person(
    template: Template, answered: Notebook, output: dict[str, Any]
) -> None:
    """As of `print(Path("answers.txt").read_text())`, of a file that is not there when grading."""
    del answered["cells"][place(answered, "warmup_j")]
    answered["cells"].append(own("print(answer)") | {"outputs": [output]})
    made = rebuilt(template, answered)
    assert SAID in texts(made)["warmup_j"] and "epoch" not in texts(made)["warmup_j"]


def test_what_training_prints_is_no_answer(template: Template, answered: Notebook) -> None:
    """Otherwise every empty answer of a class would go to a person."""
    printed = [
        "Epoch 10: train loss 0.31, test loss 0.42, best accuracy so far 0.91\n",
        "/usr/lib/python3/x.py:3: UserWarning: this is slow\n" * 3,
        "tensor([[0.1, 0.2]]) torch.Size([1, 2]) float32 cpu\n",
    ]
    del answered["cells"][place(answered, "warmup_j")]
    outputs = [{"output_type": "stream", "name": "stdout", "text": printed}]
    outputs += [{"output_type": "stream", "name": "stderr", "text": SAID}]
    answered["cells"].append(own("train(model)") | {"outputs": outputs})
    assert "warmup_j" not in texts(rebuilt(template, answered))


def test_what_a_service_adds_below_is_no_answer(template: Template, answered: Notebook) -> None:
    """Deepnote's own line is not the student's."""
    del answered["cells"][place(answered, "warmup_j")]
    link = "https://deepnote.com?utm_source=created-in-deepnote-cell&projectId=1"
    answered["cells"].append(
        own(
            f"<a href='{link}'><img src='data:image/svg+xml;base64,PA=='> Created in Deepnote</a>", "markdown"
        )
    )
    made = rebuilt(template, answered)
    assert "warmup_j" not in texts(made)
    assert not any("Deepnote" in one.source for one in made.cells)


def nothing(notebook: Notebook) -> None:
    pass


def reworded(notebook: Notebook) -> None:
    """A word of a question corrected."""
    text = source(notebook, "question_warmup_a")
    write(notebook, "question_warmup_a", text.replace("deep neural networks", "deep neural nets"))


def code_of_ones_own(notebook: Notebook) -> None:
    below(
        notebook,
        "setup",
        own("# my helper\nx = [a for a in range(3) if a not in (1, 2)]\nprint('it works well')"),
    )


def badge(notebook: Notebook) -> None:
    colab = "https://colab.research.google.com"
    html = f'<a href="{colab}/x"><img src="{colab}/assets/colab-badge.svg" alt="Open In Colab"/></a>'
    markdown = f"[![Open In Colab]({colab}/assets/colab-badge.svg)]({colab}/x)"
    notebook["cells"][:0] = [own(html, "markdown"), own(markdown, "markdown")]


def shuffled(notebook: Notebook) -> None:
    notebook["cells"].reverse()


@pytest.mark.parametrize("change", [nothing, without_names, reworded, code_of_ones_own, badge, shuffled])
def test_nothing_of_the_students_own_is_no_answer(
    template: Template, change: Callable[[Notebook], None]
) -> None:
    """The release, however it was saved."""
    notebook = copy.deepcopy(template.notebook)
    change(notebook)
    made = rebuilt(template, notebook)
    assert texts(made) == {}
    assert not any("missing" in note for note in made.notes), made.notes


def test_stubs_without_names_are_recognized(template: Template) -> None:
    """An untouched release without its metadata lacks nothing."""
    notebook = copy.deepcopy(template.notebook)
    without_names(notebook)
    made = rebuilt(template, notebook)
    assert set(made.states.values()) == {State.UNTOUCHED}


def test_an_older_release_is_recognized(template: Template) -> None:
    """What the instructor changed is not the student's: no edit is noted, and no text of it becomes an answer."""
    import nbformat
    from nbgrader.utils import compute_checksum

    notebook = copy.deepcopy(template.notebook)
    for name in ("intro", "question_warmup_a", "test_cross_corr_2d"):
        write(notebook, name, "# Everything here was said in other words, and better ones, too.")
        old = nbformat.from_dict(cell(notebook, name))  # type: ignore[no-untyped-call]
        cell(notebook, name)["metadata"]["nbgrader"]["checksum"] = compute_checksum(old)
    made = rebuilt(template, notebook)
    assert made.notes == [
        "the notebook was made from an older release; its texts and examples are the current ones now"
    ]
    assert texts(made) == {}


def test_the_note_says_which_copy_counts(template: Template) -> None:
    """A merge put an empty stub below the solved cell; or the answer twice, with the empty one between."""
    notebook = filled(template, {"cross_corr_2d": "def cross_corr_2d(X, K):\n    return 1"})
    stub = copy.deepcopy(copied(template.notebook, "cross_corr_2d"))
    below(notebook, "cross_corr_2d", stub)
    made = rebuilt(template, notebook)
    assert made.notes == [
        "cell cross_corr_2d appeared twice; the first one was graded, since what follows it has not been filled in"
    ]
    above(notebook, "cross_corr_2d", copied(notebook, "cross_corr_2d"))
    made = rebuilt(template, notebook)
    assert "appeared 3 times; the second one was graded" in made.notes[0]
    assert [one.source for one in made.cells if one.own] == ["def cross_corr_2d(X, K):\n    return 1"]


def test_of_equal_copies_the_last_one_counts(template: Template) -> None:
    """First version, second version, and the first one again: that is the answer."""
    notebook = filled(template, {"cross_corr_2d": "cross_corr_2d = 1"})
    other = copied(notebook, "cross_corr_2d")
    other["source"] = "cross_corr_2d = 2"
    below(notebook, "cross_corr_2d", other, copied(notebook, "cross_corr_2d"))
    made = rebuilt(template, notebook)
    assert [one.source for one in made.cells if one.own] == ["cross_corr_2d = 2", "cross_corr_2d = 1"]
    assert made.notes == ["cell cross_corr_2d appeared 3 times; the last one was graded"]
