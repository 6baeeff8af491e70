"""Hidden tests of hw4's `measure_latency` (7 points).

The clock moves only while `fn` runs, by a time that is given for each call: nothing sleeps, and how often the clock is
read does not matter.
"""

import torch

from homework.judge import agree, points


def timed(solution, times, options):
    """The result, where the calls take `times`; other calls and a clock that was never read are told apart."""
    now, calls, readings = [1000.0], [], []

    def fn(*given):
        now[0] += times[len(calls) % len(times)]
        calls.append(len(given))
        return given

    def clock():
        readings.append(now[0])
        return now[0]

    result = solution.measure_latency(fn, torch.ones(2, 3), clock=clock, **options)
    if not readings:
        return "the clock was not read"
    if set(calls) != {1}:
        return f"fn was called with {max(calls)} arguments" if calls else "fn was not called"
    return [float(t) for t in result] if isinstance(result, (list, tuple)) else result


def calls(solution, warmup, repeat):
    """How often `fn` was called, and how often with `x` itself."""
    x, seen = torch.ones(2, 3), []
    now = [0.0]

    def fn(*given):
        seen.append(len(given) == 1 and given[0] is x)
        now[0] += 1.0 + 0.5 * (len(seen) % 3)

    solution.measure_latency(fn, x, warmup=warmup, repeat=repeat, clock=lambda: now[0])
    return {"calls": len(seen), "with x itself": sum(seen)}


def positional(solution, times):
    """The result, where the arguments are given by position."""
    now, made = [0.0], []

    def fn(*given):
        made.append(given)
        now[0] += times[(len(made) - 1) % len(times)]

    found = solution.measure_latency(fn, None, 1, 3, lambda: now[0])
    return found if set(made) == {(None,)} else "fn was not called with x"


def times_of(rng, n, slow):
    """Times of `n` calls, the first `slow` of them long; all differ, and in no order."""
    times = rng.generator.uniform(0.0011, 0.0049, n)
    times[:slow] = rng.generator.uniform(0.02, 0.09, slow)
    return [float(t) for t in times]


@points(1.5)
def test_median(student, reference, rng):
    """The median of an odd number of calls."""
    for warmup, repeat in ((3, 5), (3, 7)):
        times = times_of(rng, warmup + repeat, warmup)
        times[-2] = 0.4
        agree(
            student.probe(timed),
            reference.probe(timed),
            times,
            {"warmup": warmup, "repeat": repeat},
            rtol=1e-6,
            atol=1e-9,
        )


@points(1)
def test_even(student, reference, rng):
    """The median of an even number of calls: the mean of the two middle ones."""
    for warmup, repeat in ((3, 4), (2, 6)):
        times = times_of(rng, warmup + repeat, warmup)
        agree(
            student.probe(timed),
            reference.probe(timed),
            times,
            {"warmup": warmup, "repeat": repeat},
            rtol=1e-6,
            atol=1e-9,
        )


@points(1)
def test_defaults(student, reference, rng):
    """Three warm-up calls and five measured ones, if nothing else is asked for."""
    agree(student.probe(timed), reference.probe(timed), times_of(rng, 8, 3), {}, rtol=1e-6, atol=1e-9)


@points(1.5)
def test_calls(student, reference, rng):
    """`fn` is called exactly warmup + repeat times, with `x` itself."""
    for warmup, repeat in ((3, 5), (1, 2), (4, 3), (0, 2)):
        agree(student.probe(calls), reference.probe(calls), warmup, repeat)


@points(0.75)
def test_warm_up(student, reference, rng):
    """Slow first calls do not matter, as many as `warmup` says."""
    for warmup in (1, 6):
        times = times_of(rng, warmup + 5, warmup)
        agree(student.probe(timed), reference.probe(timed), times, {"warmup": warmup}, rtol=1e-6, atol=1e-9)


@points(0.5)
def test_no_warm_up(student, reference, rng):
    """Without warm-up calls, and with a single measured one."""
    agree(
        student.probe(timed), reference.probe(timed), times_of(rng, 5, 1), {"warmup": 0}, rtol=1e-6, atol=1e-9
    )
    agree(
        student.probe(timed),
        reference.probe(timed),
        times_of(rng, 3, 2),
        {"warmup": 2, "repeat": 1},
        rtol=1e-6,
        atol=1e-9,
    )


@points(0.5)
def test_unit(student, reference, rng):
    """A clock of another unit, in which calls take hundreds."""
    times = [float(t) for t in rng.generator.uniform(200, 900, 8)]
    agree(student.probe(timed), reference.probe(timed), times, {}, rtol=1e-6, atol=1e-9)


@points(0.25)
def test_arguments_by_position(student, reference, rng):
    """Arguments in their order, without names; `x` is nothing in particular."""
    agree(student.probe(positional), reference.probe(positional), times_of(rng, 4, 1), rtol=1e-6, atol=1e-9)
