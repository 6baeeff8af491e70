"""The texts that `homework new` starts from. What is left to write says TODO, which `homework release` refuses."""

from __future__ import annotations

INTRO = """\
# TODO: the title of {assignment}

TODO: what this homework is about, in three sentences.

When you are done, you can

- TODO: what a student can do then.

| part | task | points | graded by |
|---|---|---:|---|
|   | **Total** | **0** | |

TODO: what one needs to know, and how many hours to plan."""

RULES = """\
## How this homework is graded

Fill the cells that say `YOUR CODE HERE` or `YOUR ANSWER HERE`, and keep the other cells, the names of functions and
the order of their parameters. The examples below a task give no points by themselves; hidden tests call your functions
with other inputs. Every convention that they check is printed in the text of the task.

TODO: what may be used, and what to hand in."""

SETUP = """\
import matplotlib.pyplot as plt
import numpy as np
import torch"""

SETUP_NUMPY = """\
import matplotlib.pyplot as plt
import numpy as np"""

CHECKLIST = """\
## Before you hand in

- Every question is answered in my own words, with sources and helpers named.
- I restarted the kernel and ran all cells: none of the cells with examples fails, and no `NotImplementedError` is left.
- The file is still named `{assignment}.ipynb`."""

STATEMENT = """\
## {name} ({points:g} points)

TODO: the idea, in a few sentences.

### What to compute

Write `{name}({parameters})`. TODO: the formula.

### Shapes and dtypes

TODO: a table of all inputs and of what is returned.

### Conventions

TODO: everything that a hidden test checks. Where the field has two conventions, say which one is used.

### Example

TODO: a small input and its answer.

### Length

TODO: about how many lines."""

SOLUTION = '''\
def {name}({parameters}):
    """TODO: what is returned, with shapes and dtypes."""
    # TODO: about how many lines.
    ### BEGIN SOLUTION
    from homework.reference import reference

    return reference("{name}")({names})
    ### END SOLUTION'''

EXAMPLES = """\
# TODO: the example of the text.
X = {made}([[1.0, -2.5, 0.5]])
Y = {name}({arguments})
assert Y is not None, "the function returned None: does it end with `return`?"
expected = [[1.0, -2.5, 0.5]]  # TODO
assert tuple(Y.shape) == (1, 3), f"the result should have shape (1, 3); yours has {{tuple(Y.shape)}}"
assert np.allclose(Y.tolist(), expected), f"the example should give {{expected}}; yours is {{Y.tolist()}}"
print("All examples pass.")

"""

REFERENCE = '''\
"""The worked solution of {assignment}'s `{name}`."""


def {name}({parameters}):
    """TODO: what is returned, with shapes; the source (paper and equation)."""
    raise NotImplementedError("TODO: as short as it can be")
'''

VARIANTS = '''\
"""Right ways to write `{name}` that students take. Each must get full marks."""

from homework.judge import variant


@variant
def loops({parameters}):
    """TODO: a right solution written another way; at least {right} of them."""
    raise NotImplementedError("TODO")
'''

MISCONCEPTIONS = '''\
"""Wrong ways to write `{name}`, each with the idea behind it; the likeliest first."""

from homework.judge import misconception


@misconception("TODO: the sentence that a student reads; at least {wrong} misconceptions.")
def other_sign({parameters}):
    raise NotImplementedError("TODO: `make mutation` helps to find more")
'''

TESTS = '''\
"""Hidden tests of {assignment}'s `{name}` ({points:g} points)."""

from homework.judge import agree, points


@points({points:g})
def test_values(student, reference, rng):
    """TODO: the title that students read; it must not reveal the input."""
    # TODO: the other inputs, all dimensions different; more tests, whose points sum to {points:g}.
    agree(student.{name}, reference.{name}, {drawn})
'''

QUESTION = """\
### TODO: the question's title

TODO: the question.

*{points:g} points. TODO: what a good answer contains, without giving it.*

### BEGIN MARK SCHEME
- ({points:g} points) TODO: says that …; one line for each observable statement.
### END MARK SCHEME"""

ANSWER = """\
### BEGIN SOLUTION
TODO: the model answer.
### END SOLUTION"""

ANSWERS = '''\
[[answer]]
marks = {points:g}
comment = "TODO: the comment that a grader would write."
text = """
TODO: a good answer, in a student's words.
"""

[[answer]]
marks = 0
comment = "TODO: what is missing; marks between 0 and {points:g}."
text = """
TODO: a weak answer.
"""
'''
