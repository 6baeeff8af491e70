"""How long a call takes: hw4, section *Time of a call*."""

import statistics
import time


def measure_latency(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    """The median of the times of `repeat` calls `fn(x)` after `warmup` calls, in the unit of `clock`."""
    for _ in range(warmup):
        fn(x)
    times = []
    for _ in range(repeat):
        start = clock()
        fn(x)
        times.append(clock() - start)
    return statistics.median(times)
