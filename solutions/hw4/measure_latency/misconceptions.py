"""Wrong solutions of `measure_latency`, each with the sentence that a student whose answer equals it should read."""

import copy
import statistics
import time

import numpy as np
import torch

from homework.judge import misconception


def _times(fn, x, warmup, repeat, clock):
    for _ in range(warmup):
        fn(x)
    times = []
    for _ in range(repeat):
        start = clock()
        fn(x)
        times.append(clock() - start)
    return times


@misconception(
    "There are no warm-up calls. The first calls are slow (memory, caches), and are not to be measured."
)
def no_warm_up(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, 0, repeat, clock))


@misconception("The warm-up calls are in the median. Call first, and start to measure afterwards.")
def warm_up_measured(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, 0, warmup + repeat, clock))


@misconception("This is the mean. The median is asked for: one call that was interrupted does not change it.")
def mean(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.fmean(_times(fn, x, warmup, repeat, clock))


@misconception(
    "This is the shortest time. It says how fast a call can be; the median of the calls is asked for."
)
def minimum(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return min(_times(fn, x, warmup, repeat, clock))


@misconception("This is the longest time. The median of the calls is asked for.")
def maximum(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return max(_times(fn, x, warmup, repeat, clock))


@misconception("This is the time of all calls together. The median of their times is asked for.")
def total(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return sum(_times(fn, x, warmup, repeat, clock))


@misconception(
    "Your result is 1000 times too large: these are milliseconds. Return the time in the unit of the clock."
)
def milliseconds(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return 1000 * statistics.median(_times(fn, x, warmup, repeat, clock))


@misconception(
    "Your function does not read the clock that it was given. Call `clock()`, not a clock of your own."
)
def other_clock(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, warmup, repeat, time.perf_counter))


@misconception(
    "For an even number of calls your median is the upper of the two middle times. Take their mean."
)
def upper_median(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median_high(_times(fn, x, warmup, repeat, clock))


@misconception(
    "For an even number of calls your median is the lower of the two middle times. Take their mean."
)
def lower_median(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median_low(_times(fn, x, warmup, repeat, clock))


@misconception("The times are not sorted: the one in the middle of your list is not the median.")
def unsorted_median(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    times = _times(fn, x, warmup, repeat, clock)
    return (times[(repeat - 1) // 2] + times[repeat // 2]) / 2


@misconception("Your function always makes three warm-up calls, whatever `warmup` says.")
def warmup_ignored(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, 3, repeat, clock))


@misconception("Your function always measures five calls, whatever `repeat` says.")
def repeat_ignored(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, warmup, 5, clock))


@misconception("There is one warm-up call too many. Call `fn` exactly `warmup + repeat` times.")
def one_call_more(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, warmup + 1, repeat, clock))


@misconception(
    "The start is read once, before all calls, so your times add up. Read the clock before each call."
)
def start_read_once(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    for _ in range(warmup):
        fn(x)
    times = []
    start = clock()
    for _ in range(repeat):
        fn(x)
        times.append(clock() - start)
    return statistics.median(times)


@misconception(
    "`fn` is called with a copy of `x`. Pass `x` itself: copying takes time, and `x` may be anything."
)
def copied_input(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(lambda y: fn(copy.deepcopy(y)), x, warmup, repeat, clock))


@misconception(
    "Your result is rounded. Return the median as it is: small networks take less than a millisecond."
)
def rounded(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return round(statistics.median(_times(fn, x, warmup, repeat, clock)), 3)


@misconception("Your function returns all times. Return one number, their median.")
def all_times(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return _times(fn, x, warmup, repeat, clock)


@misconception("This is calls per second. Return the time of one call.")
def throughput(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return 1 / statistics.median(_times(fn, x, warmup, repeat, clock))


@misconception(
    "Your differences are the wrong way round: take the time after the call minus the time before it."
)
def start_minus_end(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return -statistics.median(_times(fn, x, warmup, repeat, clock))


@misconception(
    "The call is not between the two readings of the clock, so nothing is measured. Read it before and after `fn(x)`."
)
def call_outside(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return 0.0 * statistics.median(_times(fn, x, warmup, repeat, clock))


@misconception("`fn` is called without its argument. Call `fn(x)`.")
def called_without_input(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(lambda _: fn(), x, warmup, repeat, clock))


@misconception("`x` is unpacked: `fn(*x)` gives `fn` several arguments. Call `fn(x)`, whatever `x` is.")
def unpacked_input(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(lambda y: fn(*y), x, warmup, repeat, clock))


@misconception(
    "`warmup` and `repeat` are exchanged: the first `warmup` calls are not measured, the other `repeat` are."
)
def exchanged(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, repeat, warmup, clock))


@misconception("This is the mean without the shortest and the longest time. The median is asked for.")
def trimmed_mean(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    times = sorted(_times(fn, x, warmup, repeat, clock))
    return statistics.fmean(times[1:-1] or times)


@misconception(
    "The readings of the clock are kept in single precision, which loses the digits of short times. Keep Python's numbers, or `float64`."
)
def single_precision(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, warmup, repeat, lambda: torch.tensor(float(clock())))).item()


@misconception(
    "There are `repeat` calls in all, and the warm-up calls are taken from them. Call `fn` exactly `warmup + repeat` times."
)
def warm_up_of_repeat(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    times = _times(fn, x, 0, repeat, clock)[warmup:]
    return statistics.median(times) if times else 0.0


@misconception("The first measured time is left out. Warm-up calls come before; all `repeat` times count.")
def first_left_out(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    times = _times(fn, x, warmup, repeat, clock)
    return statistics.median(times[1:] or times)


@misconception("This is the time of the last call alone. The median of all measured calls is asked for.")
def last_call(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return _times(fn, x, warmup, repeat, clock)[-1]


@misconception(
    "This is the time of the first measured call alone. The median of all measured calls is asked for."
)
def first_call(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return _times(fn, x, warmup, repeat, clock)[0]


@misconception(
    "This is the mean of all calls, the warm-up calls too. The median of the measured ones is asked for."
)
def mean_of_all(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.fmean(_times(fn, x, 0, warmup + repeat, clock))


@misconception(
    "Your result is a million times too large: these are microseconds. Return the time in the unit of the clock."
)
def microseconds(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return 1e6 * statistics.median(_times(fn, x, warmup, repeat, clock))


@misconception(
    "This is near the longest time (a percentile such as 90). The median of the calls is asked for."
)
def percentile_90(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return float(np.percentile(_times(fn, x, warmup, repeat, clock), 90))


@misconception("Your function returns the mean and the deviation. Return one number, the median.")
def mean_and_deviation(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    times = _times(fn, x, warmup, repeat, clock)
    return [statistics.fmean(times), statistics.pstdev(times)]


@misconception("`fn` is called twice between two readings of the clock. Each time is that of one call.")
def two_calls_at_once(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(lambda y: (fn(y), fn(y)), x, 0, repeat, _after(fn, x, warmup, clock)))


def _after(fn, x, warmup, clock):
    """The clock, after `warmup` calls."""
    _times(fn, x, warmup, 0, clock)
    return clock


@misconception("There are warm-up calls before each measured one. Warm up once, before all of them.")
def warm_up_each_time(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median([_times(fn, x, warmup, 1, clock)[0] for _ in range(repeat)])


@misconception("There is a warm-up call even with `warmup=0`. Call `fn` exactly `warmup + repeat` times.")
def always_warm(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, max(1, warmup), repeat, clock))


@misconception(
    "Your result is cut to a whole number. Return the median as it is: times in seconds are mostly below 1."
)
def cut_to_whole(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return int(statistics.median(_times(fn, x, warmup, repeat, clock)))


@misconception("One call too few is measured. Call `fn` exactly `warmup + repeat` times.")
def one_time_less(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, warmup, max(1, repeat - 1), clock))


@misconception(
    "Your result is in nanoseconds, where the clock is read as seconds. Return the time in the unit of the clock."
)
def nanoseconds(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return 1e9 * statistics.median(_times(fn, x, warmup, repeat, clock))


@misconception(
    "This is the geometric mean. The median is asked for: one call that was interrupted does not change it."
)
def geometric_mean(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.geometric_mean(_times(fn, x, warmup, repeat, clock))


@misconception(
    "Your result is divided by a billion, as if the clock gave nanoseconds. Return the time in the unit of the clock."
)
def as_nanoseconds(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, warmup, repeat, clock)) / 1e9


@misconception(
    "Your result is divided by a million, as if the clock gave microseconds. Return the time in the unit of the clock."
)
def as_microseconds(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, warmup, repeat, clock)) / 1e6


@misconception(
    "Your result is divided by a thousand, as if the clock gave milliseconds. Return the time in the unit of the clock."
)
def as_milliseconds(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, warmup, repeat, clock)) / 1e3


@misconception(
    "The median is divided by the number of calls. It is the time of one call already: only a sum is divided."
)
def median_divided(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(_times(fn, x, warmup, repeat, clock)) / repeat


@misconception(
    "The clock is read before the warm-up calls, and the first measured time has them in it. Read it before each measured call."
)
def warm_up_in_the_first(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    start, times = clock(), []
    for _ in range(warmup):
        fn(x)
    for _ in range(repeat):
        fn(x)
        end = clock()
        times.append(end - start)
        start = end
    return statistics.median(times)


@misconception("What `fn` returns is passed to the next call. Call `fn(x)` with `x` itself each time.")
def output_fed_back(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    def again(_):
        nonlocal x
        x = fn(x)

    return statistics.median(_times(again, x, warmup, repeat, clock))


@misconception(
    "The warm-up calls come after the measured ones. Warm up first: it is the first calls that are slow."
)
def warm_up_last(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    times = _times(fn, x, 0, repeat, clock)
    _times(fn, x, warmup, 0, clock)
    return statistics.median(times)


@misconception(
    "The times are sorted before those of the warm-up calls are cut off, so that the shortest are. Cut off the first ones."
)
def shortest_cut_off(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return statistics.median(sorted(_times(fn, x, 0, warmup + repeat, clock))[warmup:])


@misconception(
    "`fn` is called once more than asked for, outside of warm-up and measurement. Call it exactly `warmup + repeat` times."
)
def called_once_more(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    times = _times(fn, x, warmup, repeat, clock)
    fn(x)
    return statistics.median(times)


@misconception(
    "The measured times are added and divided by the number of all calls. The median of the measured ones is asked for."
)
def divided_by_all_calls(fn, x, warmup=3, repeat=5, clock=time.perf_counter):
    return sum(_times(fn, x, warmup, repeat, clock)) / (warmup + repeat)
