"""Wrong labels of learning-rate curves, each with the idea behind it. Those with fewer wrong labels come first."""

from homework.judge import misconception

# Named after what the eye sees. steady: falls slowly and evenly; best: falls fast and ends lowest;
# stuck: falls fastest of all, then stays above the best; growing: rises.
_LETTERS = {"steady": "B", "best": "D", "stuck": "A", "growing": "C"}


def _labels(steady="low", best="optimal", stuck="high", growing="very high"):
    given = {"steady": steady, "best": best, "stuck": stuck, "growing": growing}
    return {_LETTERS[curve]: label for curve, label in given.items()}


# ------------------------------------------------------------------------------ one label twice, another missing


@misconception(
    "Falling in every epoch is not enough to be optimal: compare how far the curves get in the same number of epochs."
)
def steady_called_optimal():
    return _labels(steady="optimal")


@misconception(
    "You judged a curve by its first epochs alone. What counts is where training gets to: the fastest start need not lead to the lowest loss."
)
def fastest_start_called_optimal():
    return _labels(stuck="optimal")


@misconception(
    "You gave the strongest label to a curve that still went down. There are two degrees of too large: steps that keep the loss from getting any lower, and steps that make it grow."
)
def stuck_called_very_high():
    return _labels(stuck="very high")


@misconception(
    "You gave a milder label to a curve whose loss grows. There are two degrees of too large: steps that keep the loss from getting any lower, and steps that make it grow."
)
def growing_called_high():
    return _labels(growing="high")


@misconception(
    "You took a curve that becomes flat for one with small steps. Small steps show in the first epochs too; a curve that fell steeply before it became flat was not made by small steps."
)
def flat_called_low():
    return _labels(stuck="low")


@misconception(
    "You took a steep fall for a sign of too high a rate. A rate is too high when the loss gets stuck above what can be reached, or grows; falling fast and on to a low loss is what one hopes for."
)
def steep_called_high():
    return _labels(best="high")


@misconception(
    "Your label names the loss at the end of the curve. It should name the learning rate that made the curve: a low loss is not a low rate."
)
def low_loss_called_low():
    return _labels(best="low")


@misconception(
    "Your label names the height of the curve. It should name the learning rate that made it: a loss that is still high can have another reason than too large a step."
)
def high_loss_called_high():
    return _labels(steady="high")


@misconception(
    "You gave the strongest label to the most patient curve. Large steps change the loss a lot in every epoch, for better or for worse; this one hardly changes."
)
def steady_called_very_high():
    return _labels(steady="very high")


@misconception(
    "You gave the strongest label to a curve that gets to the lowest loss. A rate that is far too high does not lower the loss at all."
)
def best_called_very_high():
    return _labels(best="very high")


@misconception(
    "You took a growing loss for small steps. Small steps downhill lower the loss a little each time; to make it grow, a step must lead beyond the valley."
)
def growing_called_low():
    return _labels(growing="low")


@misconception(
    "You took a growing curve for a good one. The vertical axis is the loss, not the accuracy: training wants it small."
)
def growing_called_optimal():
    return _labels(growing="optimal")


# ------------------------------------------------------------------------------ two labels


@misconception(
    "You took the most even curve for the best one and the quick one for the cautious one. A small step shows as a small fall per epoch; a good one gets far in the same time."
)
def even_fall_preferred():
    return _labels(steady="optimal", best="low")


@misconception(
    "You have the two rates that are too large the wrong way round. The larger the step beyond what the loss surface allows, the worse: first the loss gets stuck, then it grows."
)
def degrees_of_too_large_exchanged():
    return _labels(stuck="very high", growing="high")


@misconception(
    "You ranked two quick curves by their first epochs. Follow them to the end: steps that are too large win at the start, and then jump about the minimum without coming closer."
)
def quick_start_preferred():
    return _labels(stuck="optimal", best="high")


@misconception(
    "You looked at the ends of two curves and not at their beginnings: both end above the best, one because its steps are too small to get there in time, the other because they are too large to get closer."
)
def beginnings_ignored():
    return _labels(steady="high", stuck="low")


@misconception(
    "You have the slowest curve and the growing one the wrong way round. Tiny steps change the loss little; it takes large ones to make it grow."
)
def extremes_exchanged():
    return _labels(steady="very high", growing="low")


@misconception(
    "You read the curves as if higher were better, as for accuracy. The vertical axis is the loss: training wants it small."
)
def loss_read_as_accuracy():
    return _labels(growing="optimal", best="very high")


@misconception(
    "You called every curve that comes down quietly optimal. One rate is best; of the others that lower the loss, one takes steps that are too small and one takes steps that are too large."
)
def every_fall_called_optimal():
    return _labels(steady="optimal", stuck="optimal")


# ------------------------------------------------------------------------------ three or four labels


@misconception(
    "You ordered the curves by where they end, lowest loss first. The labels speak of the rate: as it grows, the final loss first falls and then rises again."
)
def ordered_by_final_loss():
    return _labels(best="low", stuck="optimal", steady="high")


@misconception(
    "You called every curve that is steeper than the gentlest one too high. The gentlest curve is no yardstick: a rate may be raised as long as training gets further with it."
)
def gentlest_taken_as_yardstick():
    return _labels(steady="optimal", best="high", stuck="very high")


@misconception(
    "You ordered the curves by how steeply they fall, with the growing one as the least steep. The loss does not fall faster and faster as the rate grows: beyond some rate it rises."
)
def ordered_by_steepness():
    return _labels(growing="low", steady="optimal", best="high", stuck="very high")


@misconception(
    "Twice you gave the larger rate to the one of two curves that was made with the smaller steps. Larger steps change the loss more in each epoch, for better or for worse."
)
def smaller_steps_taken_for_larger():
    return _labels(steady="optimal", best="low", stuck="very high", growing="high")


@misconception(
    "You read the scale of rates backwards. The learning rate is the length of a step: the larger it is, the more the loss changes in an epoch, for better or for worse."
)
def scale_reversed():
    return _labels(steady="very high", best="high", stuck="optimal", growing="low")
