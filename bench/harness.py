"""What hidden tests need where a notebook grades itself: `points`, `agree`, inputs, and handles on the solutions.

The text of this module is put, with references and tests, into the cells and test files of the graders that we are
compared with, and into the floor: the same tests, calls and comparisons as ours, in the student's process, without
diagnosis. It is as short and as quick as an instructor who cares would write it.
"""

import copy
import zlib
from functools import partial
from types import SimpleNamespace

import numpy as np
import torch

TESTS = []


def points(weight):
    def mark(test):
        TESTS.append((test, weight))
        return test

    return mark


class Draw:
    def __init__(self, seed):
        self.generator = np.random.default_rng(seed)

    def array(self, *shape, scale=1.0, shift=0.0, dtype=np.float64):
        return np.asarray(self.generator.normal(shift, scale, shape)).astype(dtype)

    def tensor(self, *shape, scale=1.0, shift=0.0, dtype=torch.float64):
        return torch.from_numpy(self.array(*shape, scale=scale, shift=shift)).to(dtype)

    def integers(self, low, high):
        return int(self.generator.integers(low, high))


class Call:
    def __init__(self, names, driver):
        self.names, self.driver = names, driver

    def __call__(self, *args, **kwargs):
        return self.driver(self.names, *copied(args), **copied(kwargs))


class Solution:
    def __init__(self, names):
        self._names = SimpleNamespace(**names)

    def __getattr__(self, name):
        return Call(self._names, lambda names, *args, **kwargs: getattr(names, name)(*args, **kwargs))

    def probe(self, driver):
        return Call(self._names, driver)


def agree(actual, expected, *args, rtol=1e-5, atol=1e-5, untouched=False, names=None, why=None, **kwargs):
    target = expected.driver(expected.names, *args, **kwargs)
    mine, options = copied(args), copied(kwargs)
    value = actual.driver(actual.names, *mine, **options)
    assert same(value, target, rtol, atol), "this is not the expected result"
    if untouched:
        assert same((mine, options), (args, kwargs), 0, 0), "the function changed one of its inputs"
    return value


def copied(value):
    if isinstance(value, torch.Tensor) and value.is_contiguous():
        return value.detach().clone()
    if isinstance(value, np.ndarray) and value.flags.c_contiguous:
        return value.copy()
    if isinstance(value, tuple):
        return tuple([copied(item) for item in value])
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return copy.deepcopy(value)


def same(value, target, rtol, atol):
    if isinstance(target, (list, tuple)):
        return (
            isinstance(value, (list, tuple))
            and len(value) == len(target)
            and all(same(mine, theirs, rtol, atol) for mine, theirs in zip(value, target, strict=True))
        )
    if isinstance(target, dict):
        return (
            isinstance(value, dict)
            and value.keys() == target.keys()
            and all(same(value[key], theirs, rtol, atol) for key, theirs in target.items())
        )
    if not isinstance(target, (bool, int, float, np.ndarray, np.generic, torch.Tensor)):
        return type(value) is type(target) and value == target
    if not isinstance(value, (bool, int, float, np.ndarray, np.generic, torch.Tensor)):
        return False
    value, target = as_array(value), as_array(target)
    if (
        value.shape != target.shape
        or value.dtype.kind == "c"
        or (target.dtype.kind == "b") > (value.dtype.kind == "b")
    ):
        return False
    value, target = value.astype(np.float64), target.astype(np.float64)
    with np.errstate(all="ignore"):
        close = np.abs(value - target) <= atol + rtol * np.abs(target)
    return bool(close.all()) or bool((close | (np.isnan(value) & np.isnan(target)) | (value == target)).all())


def as_tensor(value):
    return torch.as_tensor(value.copy() if isinstance(value, np.ndarray) else value)


def as_array(value):
    if isinstance(value, torch.Tensor):
        value = value.detach()
        value = (value.float() if value.dtype in (torch.bfloat16, torch.float16) else value).numpy()
    return np.asarray(value)


def run_test(test, reference, names):
    fixtures = {
        "student": Solution(names),
        "reference": reference,
        "rng": Draw(zlib.crc32(test.__name__.encode())),
    }
    test(*[fixtures[name] for name in test.__code__.co_varnames[: test.__code__.co_argcount]])


def bound(tests, references):
    """Each test's points and a function of the student's names that raises where it fails, by the test's name."""
    reference = Solution(references)
    return {test.__name__: (weight, partial(run_test, test, reference)) for test, weight in tests}


def earned(tests, names):
    """The points of each test, by its name."""
    result = {}
    for name, (weight, run) in tests.items():
        try:
            run(names)
            result[name] = weight
        except Exception:
            result[name] = 0.0
    return result
