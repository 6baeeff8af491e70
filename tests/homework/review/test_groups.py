"""Answers are grouped only where one mark is right for all."""

from __future__ import annotations

from homework.review.groups import Group, dealt, grouped, normal
from homework.submission.answers import Answer, Picture
from homework.submission.rebuild import State


def groups(texts: dict[str, str], moved: dict[str, str | None] | None = None) -> list[Group]:
    made = {
        name: Answer(State.ANSWERED if text else State.BLANK, text, name, []) for name, text in texts.items()
    }
    return grouped(made, sorted(made), moved or {})


LONG = "A learning rate of {} makes the loss of this deep network {} converge, since every step is {} than the curvature allows."


def test_case_markup_and_punctuation_do_not_count() -> None:
    assert normal("The **loss**, 0.1!") == normal("the loss 0.1")
    assert normal("a < b") != normal("a > b")
    assert normal("x - 0.5") != normal("x + 0.5")
    assert normal("1.5") != normal("15")


def test_a_number_or_a_negation_keeps_answers_apart() -> None:
    """In one sentence 0.1 against 0.01 is 99.5 % alike, one "not" less 97.9 %."""
    found = groups(
        {
            "ada": LONG.format("0.1", "quickly", "smaller"),
            "bob": LONG.format("0.1", "quikly", "smaller"),
            "cyd": LONG.format("0.01", "quickly", "smaller"),
            "dan": LONG.format("0.1", "not quickly", "smaller"),
        }
    )
    assert [(one.kind, one.students) for one in found] == [
        ("near", ("ada", "bob")),
        ("single", ("cyd",)),
        ("single", ("dan",)),
    ]


def test_empty_answers_come_last_and_an_answer_can_be_taken_out() -> None:
    texts = {"ada": "Yes.", "bob": "yes", "cyd": "", "dan": "Because."}
    assert [(one.kind, one.students) for one in groups(texts)] == [
        ("identical", ("ada", "bob")),
        ("single", ("dan",)),
        ("blank", ("cyd",)),
    ]
    assert [one.students for one in groups(texts, {"ada": None})] == [
        ("ada",),
        ("bob",),
        ("dan",),
        ("cyd",),
    ]


def test_pictures_are_compared_too() -> None:
    one = Answer(State.ANSWERED, "See.", "1", [Picture("a", 1, 1, b"x")])
    other = Answer(State.ANSWERED, "See.", "2", [Picture("a", 1, 1, b"y")])
    assert [g.kind for g in grouped({"ada": one, "bob": other}, ("ada", "bob"))] == ["single", "single"]


def test_similar_answers_follow_each_other() -> None:
    """They are no group, but a grader sees them in a row; the others keep their order."""
    deep = "Deep networks build features from other features, layer after layer, in a {} way."
    wide = "Wide networks need {} many units for what a few layers compute, which costs memory."
    texts = {
        "ada": deep.format("compact"),
        "bob": wide.format("exponentially"),
        "cyd": "It depends.",
        "dan": deep.format("much more economical and elegant"),
        "eve": wide.format("a great deal more than a sensible person wants, that is too"),
    }
    assert [one.students[0] for one in groups(texts)] == ["ada", "dan", "bob", "eve", "cyd"]


def test_work_is_dealt_evenly_and_groups_stay_together() -> None:
    made = [Group("identical", ("a", "b", "c")), *(Group("single", (name,)) for name in "defgh")]
    shares = dealt(made, ("ann", "bob"))
    assert len({shares[name] for name in "abc"}) == 1
    assert sorted(list(shares.values()).count(name) for name in ("ann", "bob")) == [4, 4]
    assert dealt(made, ()) == {}


def test_an_answer_can_be_put_next_to_another() -> None:
    """It joins that one's group, wherever that went itself; next to somebody who is gone it is alone."""
    texts = {"ada": "Yes.", "bob": "yes", "cyd": "It depends on it.", "dan": "Because.", "eve": ""}

    def kinds(moved: dict[str, str | None]) -> list[tuple[str, tuple[str, ...]]]:
        return [(one.kind, one.students) for one in groups(texts, moved)]

    assert kinds({"dan": "ada"})[0] == ("identical", ("ada", "bob", "dan"))
    assert kinds({"dan": "cyd"})[1] == ("joined", ("cyd", "dan"))
    assert kinds({"dan": "bob", "bob": "cyd"})[0] == ("joined", ("cyd", "bob", "dan"))
    assert kinds({"dan": "bob", "bob": None})[0] == ("joined", ("bob", "dan"))
    assert ("blank", ("eve", "dan")) in kinds({"dan": "eve"})
    assert ("joined", ("cyd", "dan")) in kinds({"dan": "cyd", "cyd": "dan"})
    gone = kinds({"dan": "zoe", "cyd": "zoe"})
    assert ("single", ("dan",)) in gone and ("single", ("cyd",)) in gone
