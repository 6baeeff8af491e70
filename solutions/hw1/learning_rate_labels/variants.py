"""Right answers written another way. Each must get full marks."""

from collections import OrderedDict, defaultdict

from homework.judge import variant


@variant
def capital_letters():
    """Case does not matter."""
    return {"A": "High", "B": "Low", "C": "Very High", "D": "OPTIMAL"}


@variant
def surrounding_blanks():
    """Blanks around a label do not matter."""
    return {"A": " high", "B": "low ", "C": "\tvery high\n", "D": "  optimal  "}


@variant
def another_order():
    """A dict built by `zip`, in the order in which they were found."""
    return dict(zip("DBAC", ("optimal", "low", "high", "very high"), strict=True))


@variant
def from_labels_to_letters():
    """Built the other way round."""
    letters = {"low": "B", "optimal": "D", "high": "A", "very high": "C"}
    return {letter: label for label, letter in letters.items()}


@variant
def kinds_of_dict():
    """Subclasses of dict, and an entry of the student's own."""
    labels = defaultdict(str, OrderedDict(A="high", B="low", C="very high", D="optimal"))
    labels["reason"] = "A falls quickly and then stays where it is."
    return labels


@variant
def spelled_freely():
    """Lower-case letters, underscores, and the labels as the handout names them."""
    return {"a": "High learning rate", "b": "low learning-rate", "c": "very_high", "d": "optimal rate"}
