"""Hidden tests of hw1's `learning_rate_labels` (2.5 points): one for each curve."""

from homework.judge import agree, points

LABELS = ("low", "optimal", "high", "veryhigh")


def label(solution, letter):
    """The curve's label in lower-case letters alone; empty where there is none, None where there is no dict."""
    labels = solution.learning_rate_labels
    if not isinstance(labels, dict):
        return None
    given = [
        text for key, text in labels.items() if isinstance(text, str) and str(key).strip().upper() == letter
    ]
    letters = "".join(filter(str.isalpha, "".join(given[:1]).lower()))
    return letters.removesuffix("rate").removesuffix("learning")  # the handout says "low learning rate"


def check(student, reference, letter):
    given = student.probe(label)(letter)
    assert isinstance(given, str), (
        '`learning_rate_labels` should be a dict: {"A": ..., "B": ..., "C": ..., "D": ...}.'
    )
    assert given, f"Curve {letter} has no label."
    assert given in LABELS, f"The label of curve {letter} is none of low, optimal, high and very high."
    agree(student.probe(label), reference.probe(label), letter)


@points(0.625)
def test_curve_a(student, reference):
    """The label of curve A."""
    check(student, reference, "A")


@points(0.625)
def test_curve_b(student, reference):
    """The label of curve B."""
    check(student, reference, "B")


@points(0.625)
def test_curve_c(student, reference):
    """The label of curve C."""
    check(student, reference, "C")


@points(0.625)
def test_curve_d(student, reference):
    """The label of curve D."""
    check(student, reference, "D")
