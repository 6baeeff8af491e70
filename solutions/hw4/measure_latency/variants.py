"""Right solutions of `measure_latency`, written in other ways: all of them must get full marks."""

import time

import numpy as np
import torch

from homework.judge import variant


@variant
def with_numpy(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    """NumPy's median."""
    [fn(x) for _ in range(warmup)]
    starts, ends = np.zeros(repeat), np.zeros(repeat)
    for i in range(repeat):
        starts[i] = clock()
        fn(x)
        ends[i] = clock()
    return np.median(ends - starts)


@variant
def sorted_by_hand(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    """Sorts, and takes the middle."""
    times = []
    for i in range(warmup + repeat):
        before = clock()
        fn(x)
        after = clock()
        if i >= warmup:
            times.append(after - before)
    times.sort()
    middle = len(times) // 2
    return times[middle] if len(times) % 2 else (times[middle - 1] + times[middle]) / 2


@variant
def all_timed_and_cut(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    """Times the warm-up calls as well, and drops them."""

    def once():
        start = clock()
        fn(x)
        return clock() - start

    times = sorted([once() for _ in range(warmup + repeat)][warmup:])
    return sum(times[(repeat - 1) // 2 : repeat // 2 + 1]) / (2 - repeat % 2)


@variant
def with_torch(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    """A quantile of torch's, and no gradients."""
    with torch.no_grad():
        for _ in range(warmup):
            fn(x)
        times = torch.zeros(repeat, dtype=torch.float64)
        for i in range(repeat):
            start = clock()
            fn(x)
            times[i] = clock() - start
    return times.quantile(0.5)


@variant
def with_a_garbage_collector_off(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    """As `timeit` does."""
    import gc
    import statistics

    was_on = gc.isenabled()
    gc.disable()
    try:
        for _ in range(warmup):
            fn(x)
        readings = []
        for _ in range(repeat):
            readings.append(-clock())
            fn(x)
            readings[-1] += clock()
    finally:
        if was_on:
            gc.enable()
    return statistics.median(readings)
