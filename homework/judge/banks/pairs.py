"""Pairs of misconceptions that often come together: the sum of two known slips is the commonest unnamed answer.

PAIRS = together(_right, (kernel_flipped, mean_for_sum), ...)

Theory of operation. Most wrong solutions of a bank call one function of their module that does the right thing, and
change what goes in, what comes out, or an option of it. Two such slips are put together by letting the second one call
the first where it would call the right function; the options that the second one gives are handed on. A pair is then a
misconception like others, with both sentences, and `homework check` grades it like others.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


class together:  # it is read like a function
    """The `pairs` of a bank. `right` takes the exercise's arguments in their order, and perhaps options of its own."""

    def __init__(self, right: Function, *pairs: tuple[Function, Function]) -> None:
        self.right, self.pairs = right, pairs


def both(right: Function, first: Function, second: Function) -> Function:
    """`second`, with `first` in place of `right` in it."""
    from types import FunctionType

    def calling(function: Any, instead: Function) -> Any:
        names = {**function.__globals__, right.__name__: instead}
        made = FunctionType(
            function.__code__, names, function.__name__, function.__defaults__, function.__closure__
        )
        made.__kwdefaults__ = function.__kwdefaults__
        return made

    def wrong(*args: Any, **options: Any) -> Any:
        def changed(*given: Any, **of_second: Any) -> Any:
            def innermost(*inner: Any, **of_first: Any) -> Any:
                return right(*inner, **{**of_second, **of_first})

            return calling(first, innermost)(*given)

        return calling(second, changed)(*args, **options)

    return wrong


def source_of_both() -> list[ast.stmt]:
    """The function `both` as it can stand in a notebook, without annotations."""
    tree = ast.parse(inspect.getsource(both))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            arguments = [*node.args.args, node.args.vararg, node.args.kwarg]
            for argument in arguments:
                if argument is not None:
                    argument.annotation = None
    return tree.body
