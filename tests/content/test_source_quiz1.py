"""The content of quiz1: what makes twenty questions fair, the numbers they print, and that students can answer.

Whether every wrong option loses its points and tells its idea is what `homework check quiz1` proves.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from types import ModuleType

import pytest
import torch
from torch import nn

from homework.choices import LETTERS, Choice
from homework.commands.solve import solved
from homework.course import Course
from homework.course.cells import name_of
from homework.judge.banks.choices import ChoiceBank
from homework.reference import reference
from tests.content.source import Source, load, run
from tests.homework.support import ROOT

QUESTIONS = [f"q{number:02}" for number in range(1, 21)]
# What remains of a sentence that points to other options, or to a letter.
OTHERS = re.compile(
    r"\b(?:all|none|both|neither|each|some|any|one) of (?:the|these|those) (?:above|below|other|others|options)\b"
    r"|\b(?:options?|answers?) [a-d]\b|\b[a-d]\)|\b(?:above|below|following|previous) (?:option|answer)"
    r"|\bthe other options?\b",
    re.IGNORECASE,
)
COMMON = frozenset(
    "a an and are as at be by for from in into is it its of on only or out so than that the their them then these this to "
    "what when which with without each one".split()
)


@pytest.fixture(scope="module")
def source() -> Source:
    """The source of quiz1."""
    return Source(Course(ROOT).assignment("quiz1"))


@pytest.fixture(scope="module")
def choices() -> dict[str, Choice]:
    """The questions."""
    return Course(ROOT).choices("quiz1")


@pytest.fixture
def helper(monkeypatch: pytest.MonkeyPatch, source: Source) -> ModuleType:
    """The students' helper, importable as in their folder."""
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    module = load(source.assignment.source / "quiz.py")
    monkeypatch.setitem(sys.modules, "quiz", module)
    return module


def words(text: str) -> set[str]:
    """The words of a text that carry its meaning."""
    return set(re.findall(r"[a-z0-9]+", text.lower())) - COMMON


# ---------------------------------------------------------------------------------------------- the questions


def test_points_of_the_course(source: Source, choices: dict[str, Choice]) -> None:
    tasks = source.assignment.tasks
    assert list(tasks) == list(choices) == QUESTIONS
    assert {(task.kind.name, task.points) for task in tasks.values()} == {("choice", 2)}
    assert source.assignment.max_points == 40
    for number, name in enumerate(QUESTIONS, 1):
        assert source.text(f"{name}_text") == f"### Question {number} (2 points)\n\n{{{{ question }}}}"


def test_the_introduction_lists_the_topics(source: Source, choices: dict[str, Choice]) -> None:
    text, minutes = source.text("intro"), 0
    for topic in {choice.topic for choice in choices.values()}:
        numbers = [str(int(name[1:])) for name, choice in choices.items() if choice.topic == topic]
        row = re.search(
            rf"\| {topic}: questions {', '.join(numbers)} \| (\d+) \| a hidden test \| (\d+) \|", text
        )
        assert row is not None, topic
        assert int(row[1]) == 2 * len(numbers)
        minutes += int(row[2])
    assert f"About {minutes} minutes" in text and minutes == 25


def test_no_option_refers_to_others_or_to_letters(choices: dict[str, Choice]) -> None:
    assert OTHERS.search("All of the above"), "the rule finds something"
    for choice in choices.values():
        for text in [
            choice.text,
            *(t for option in choice.options.values() for t in (option.text, option.why)),
        ]:
            assert not OTHERS.search(text), text


def test_keys_say_different_things(choices: dict[str, Choice]) -> None:
    """Who has learned one phrase gets one question right: no word that carries meaning is in many keys."""
    count = Counter(word for choice in choices.values() for word in words(choice.right.text))
    assert {word for word, of in count.items() if of > 3} <= {"weights"}
    for one in choices.values():
        for two in choices.values():
            if one is not two:
                mine, theirs = words(one.right.text), words(two.right.text)
                assert len(mine & theirs) < 0.5 * min(len(mine), len(theirs)) + 1, (one.name, two.name)


def test_the_key_cannot_be_told_by_its_length(choices: dict[str, Choice]) -> None:
    longest = shortest = 0
    for choice in choices.values():
        lengths = [len(option.text) for option in choice.options.values()]
        mine, others = (
            len(choice.right.text),
            [len(o.text) for o in choice.options.values() if o is not choice.right],
        )
        longest += mine > max(others)
        shortest += mine < min(others)
        if max(lengths) > 25 and choice.name != "q12":  # titles of papers are as long as they are
            assert max(lengths) - min(lengths) <= 12, choice.name
    assert longest <= 5
    assert shortest <= 5


def test_every_option_differs_and_has_its_own_reason(choices: dict[str, Choice]) -> None:
    for choice in choices.values():
        options = list(choice.options.values())
        assert len({option.text for option in options}) == len({option.why for option in options}) == 4
        assert all(len(option.why.split()) >= 8 for option in options), choice.name
        assert all(option.why.endswith((".", ")")) for option in options)
        assert choice.text.endswith("?"), choice.name
        assert len(choice.source.split()) >= 5
    whys = [option.why for choice in choices.values() for option in choice.options.values()]
    assert len(set(whys)) == len(whys)


def test_no_letter_is_the_key_of_most_questions(choices: dict[str, Choice]) -> None:
    """Of the offering that the configuration names, and on average of others."""
    assert max(Counter(choice.letter for choice in choices.values()).values()) <= 8


# ---------------------------------------------------------------------------------------------- numbers


def test_parameters_of_the_networks_named(choices: dict[str, Choice]) -> None:
    """SqueezeNet 1.0 and AlexNet layer by layer, as torchvision builds them."""

    def convolution(c_in: int, c_out: int, kernel: int) -> int:
        return sum(weight.numel() for weight in nn.Conv2d(c_in, c_out, kernel).parameters())

    fires = [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]
    squeezenet, c_in = convolution(3, 96, 7), 96
    for squeeze, expand in fires:
        squeezenet += (
            convolution(c_in, squeeze, 1) + convolution(squeeze, expand, 1) + convolution(squeeze, expand, 3)
        )
        c_in = 2 * expand
    squeezenet += convolution(c_in, 1000, 1)
    alexnet = sum(
        convolution(*layer)
        for layer in ((3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3))
    )
    alexnet += sum((c_in + 1) * c_out for c_in, c_out in ((9216, 4096), (4096, 4096), (4096, 1000)))
    why = choices["q14"].options[choices["q14"].letter].why
    assert (
        f"{squeezenet:,} parameters are {alexnet / squeezenet:.1f} times fewer than AlexNet's {alexnet:,}"
        in why
    )
    densenet = next(option.why for option in choices["q14"].options.values() if option.text == "DenseNet-121")
    assert "8.0 million" in densenet and round(alexnet / 7_978_856) == 8 and "about 8 times" in densenet
    resnet = next(option for option in choices["q14"].options.values() if option.text == "ResNet-18").why
    assert "11.7 million" in resnet and round(alexnet / 11_689_512) == 5 and "about 5 times" in resnet


def test_bytes_of_the_number_formats(source: Source) -> None:
    """The worked example."""
    text = source.text("how")
    sizes = {
        name: torch.empty(0, dtype=getattr(torch, name)).element_size()
        for name in ("float16", "float32", "float64", "int64")
    }
    assert sizes == {"float16": 2, "float32": 4, "float64": 8, "int64": 8}
    assert "float16 takes 2 bytes, float32 takes 4, and float64 and int64 take 8" in text
    assert re.search(r'\*\*c\)\*\* float16\n(?:.|\n)*q00 = "c"', text)


# ---------------------------------------------------------------------------------------------- the notebook


def test_the_release_holds_the_options_and_neither_key_nor_reasons(
    source: Source, choices: dict[str, Choice]
) -> None:
    everything = "".join(path.read_text() for path in source.assignment.release.iterdir() if path.is_file())
    cells = source.released
    for name, choice in choices.items():
        shown = cells[f"{name}_text"]["source"]
        assert [
            shown.find(f"**{letter})** {option.text}") > 0 for letter, option in choice.options.items()
        ] == 4 * [True]
        assert cells[name]["source"] == f'{name} = ""'
        for option in choice.options.values():
            assert option.why[:40] not in everything
    assert "{{" not in "".join(cell["source"] for cell in cells.values())


@pytest.mark.usefixtures("helper")
def test_a_student_reads_how_answers_will_be_read(source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(source.released, q01="b", q02=" C) ", q03="ab", q04=None, q05=torch.ones(2)) == {}
    said = capsys.readouterr().out
    assert "q01: your answer is b\nq02: your answer is c\nq03: this is not the letter" in said
    assert "q05: this is not the letter" in said
    assert said.count("no answer yet") == 16
    assert "Type your answers instead" in said, "buttons without Jupyter"
    assert "Nothing was clicked." in said


def test_the_helper_reads_answers_as_the_judge_does(
    helper: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = ChoiceBank(ROOT / "solutions" / "quiz1" / "choices.toml", "q01", "")
    for entries, expected in (
        (bank.variants, f"your answer is {bank.reference}"),
        (bank.refused, "not the letter of one"),
    ):
        for entry in entries.values():
            names: dict[str, object] = {}
            if entry.name != "not_defined":
                exec(bank.code(entry), names)
                helper.show_answer("q01", names)
                assert expected in capsys.readouterr().out, entry.name


def test_clicked_answers_become_lines_to_hand_in(
    helper: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"q01": "", "q02": "a"}
    helper._choose(names, "q01", "d")
    assert names == {"q01": "d", "q02": "a"}
    helper.write_answers()
    assert 'q01 = "d"\n' in capsys.readouterr().out


def test_the_worked_solution_tells_the_ideas_and_their_sources(choices: dict[str, Choice]) -> None:
    cells = {name_of(cell): "".join(cell["source"]) for cell in solved(Course(ROOT), "quiz1")["cells"]}
    for name, choice in choices.items():
        assert cells[name] == f'{name} = "{choice.letter}"'
        assert choice.right.why in cells[f"{name}_text"]
        assert choice.source in cells[f"{name}_text"]


def test_the_reference_is_the_letter(choices: dict[str, Choice]) -> None:
    for name in QUESTIONS:
        assert reference(name, "quiz1") == choices[name].letter in LETTERS


def test_links_to_the_resources_of_the_source_close_the_quiz(source: Source) -> None:
    assert list(source.cells)[-1] == "checklist"
    closing = source.text("checklist")
    for link in (
        "ai.google.dev/edge/litert",
        "pytorch.org/blog/pytorch-edge",
        "docs.pytorch.org/executorch",
        "learn.nvidia.com",
    ):
        assert f"](https://{link}" in closing
    assert closing.count("tensorflow") >= 2, "courses"
