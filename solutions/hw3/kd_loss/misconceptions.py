"""Wrong solutions of `kd_loss`, each with the sentence that a student whose answer equals it should read."""

import math

import torch
import torch.nn.functional as F

from homework.judge import misconception, together


def _kl(student, teacher, reduction="batchmean"):
    """KL(teacher || student) of logits, the teacher without gradient."""
    return F.kl_div(
        F.log_softmax(student, 1), F.log_softmax(teacher.detach(), 1), reduction=reduction, log_target=True
    )


def _reversed_kl(student, teacher):
    log_q, log_p = F.log_softmax(student, 1), F.log_softmax(teacher.detach(), 1)
    return (log_q.exp() * (log_q - log_p)).sum(1).mean()


def _cross_entropy(student, teacher):
    return F.cross_entropy(student, F.softmax(teacher.detach(), 1))


def _hard(student, labels):
    return F.cross_entropy(student, labels)


def _square(T):
    return T**2


def _weights(alpha):
    return alpha, 1 - alpha


def _right(
    student_logits,
    teacher_logits,
    labels,
    T=4.0,
    alpha=0.7,
    kl=_kl,
    factor=_square,
    hard=_hard,
    weights=_weights,
):
    """The right thing, but for the steps that are given."""
    first, second = weights(alpha)
    return first * factor(T) * kl(student_logits / T, teacher_logits / T) + second * hard(
        student_logits, labels
    )


# ---------------------------------------------------------------------------------------------- the temperature


@misconception(
    "The factor T^2 is missing. The soft part's gradient falls as 1/T^2; the factor keeps its weight against the hard part when T is changed."
)
def no_square_of_T(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, factor=lambda T: 1)


@misconception(
    "You multiplied the soft part by T. Its gradient falls as 1/T^2 (once for each derivative, once for the difference of probabilities), so the factor is T^2."
)
def T_not_squared(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, factor=lambda T: T)


@misconception(
    "You divided the soft part by T^2. Its gradient falls as 1/T^2 already: multiply, to make up for it."
)
def divided_by_square_of_T(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, factor=lambda T: 1 / T**2)


@misconception(
    "The factor T^2 stands before the whole loss. It belongs to the soft part alone: the hard part knows no temperature."
)
def square_of_T_for_both(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return T**2 * (alpha * soft + (1 - alpha) * _hard(student_logits, labels))


@misconception(
    "You divided the hard part by T^2 in place of multiplying the soft part by it: the balance is the same, the size of the loss is not."
)
def hard_part_divided_by_square_of_T(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return alpha * soft + (1 - alpha) * _hard(student_logits, labels) / T**2


@misconception(
    "The factor T^2 stands before the hard part. It belongs to the soft part, whose gradient falls as 1/T^2."
)
def square_of_T_for_the_hard_part(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return alpha * soft + (1 - alpha) * T**2 * _hard(student_logits, labels)


@misconception(
    "The hard part has the temperature in it. Labels are learned at T = 1: cross_entropy of the logits as they are."
)
def temperature_in_the_hard_part(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(
        student_logits,
        teacher_logits,
        labels,
        T,
        alpha,
        hard=lambda student, labels: _hard(student / T, labels),
    )


@misconception(
    "The hard part has the temperature in it, and T^2 stands before the whole loss. Labels are learned at T = 1, without a factor."
)
def temperature_everywhere(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return T**2 * (alpha * soft + (1 - alpha) * _hard(student_logits / T, labels))


@misconception(
    "You multiplied the logits by T. Dividing by a T above 1 makes the distributions softer; multiplying makes them harder."
)
def logits_times_T(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits * T, teacher_logits * T)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception("The temperature is missing in both softmaxes: the logits are divided by T before them.")
def no_temperature(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return alpha * T**2 * _kl(student_logits, teacher_logits) + (1 - alpha) * _hard(student_logits, labels)


@misconception("T is fixed to 4 in your function. It is a parameter; 4.0 is only its default.")
def T_fixed(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return alpha * 16 * _kl(student_logits / 4, teacher_logits / 4) + (1 - alpha) * _hard(
        student_logits, labels
    )


@misconception("alpha is fixed to 0.7 in your function. It is a parameter; 0.7 is only its default.")
def alpha_fixed(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return 0.7 * T**2 * _kl(student_logits / T, teacher_logits / T) + 0.3 * _hard(student_logits, labels)


@misconception("T is used nowhere: the logits are divided by it, and the soft part is multiplied by T^2.")
def T_ignored(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return alpha * _kl(student_logits, teacher_logits) + (1 - alpha) * _hard(student_logits, labels)


@misconception("Only the teacher's logits are divided by T. Both distributions have the same temperature.")
def only_the_teacher_softened(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits, teacher_logits / T)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception("Only the student's logits are divided by T. Both distributions have the same temperature.")
def only_the_student_softened(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception("You divided by T after the softmax. The temperature softens the logits: softmax(logits / T).")
def probabilities_over_T(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    log_q, log_p = F.log_softmax(student_logits, 1) / T, F.log_softmax(teacher_logits.detach(), 1) / T
    soft = (log_p.exp() * (log_p - log_q)).sum(1).mean()
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


# ---------------------------------------------------------------------------------------------- the divergence


@misconception(
    "The soft part is averaged over classes as well: reduction='mean' divides by N * C. Sum over the classes and average over the examples: 'batchmean'."
)
def averaged_over_classes(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    # Not reduction="mean", which warns.
    return _right(
        student_logits, teacher_logits, labels, T, alpha, kl=lambda s, t: _kl(s, t, "sum") / s.numel()
    )


@misconception(
    "The soft part is divided by the number of classes in place of the number of examples. Sum over the classes and average over the examples: 'batchmean'."
)
def averaged_over_classes_alone(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T, reduction="sum") / student_logits.shape[1]
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "You gave F.kl_div the teacher's probabilities and log_target=True, which takes them for logarithms. Leave log_target out, or give log_softmax."
)
def probabilities_with_log_target(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    log_q, p = F.log_softmax(student_logits / T, 1), F.softmax(teacher_logits.detach() / T, 1)
    soft = F.kl_div(log_q, p, reduction="batchmean", log_target=True)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "Your soft part averages both directions of the divergence. It is KL(teacher || student) alone."
)
def both_directions(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    log_q, log_p = F.log_softmax(student_logits / T, 1), F.log_softmax(teacher_logits.detach() / T, 1)
    soft = ((log_p.exp() - log_q.exp()) * (log_p - log_q)).sum(1).mean() / 2
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "The soft part is summed over the examples. Sum over the classes and average over the examples."
)
def summed_over_examples(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, kl=lambda s, t: _kl(s, t, "sum"))


@misconception("Both parts are summed over the examples. Each is an average over them.")
def everything_summed(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T, reduction="sum")
    return alpha * T**2 * soft + (1 - alpha) * F.cross_entropy(student_logits, labels, reduction="sum")


@misconception("The hard part is summed over the examples. It is an average over them, as the soft part.")
def hard_part_summed(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(
        student_logits,
        teacher_logits,
        labels,
        T,
        alpha,
        hard=lambda student, labels: F.cross_entropy(student, labels, reduction="sum"),
    )


@misconception(
    "The two distributions are the wrong way round: yours is KL(student || teacher). Asked for is KL(teacher || student); F.kl_div takes the student first, as logarithms."
)
def divergence_reversed(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, kl=_reversed_kl)


@misconception(
    "The two distributions are the wrong way round, and the average goes over classes as well. Asked for is KL(teacher || student), summed over the classes."
)
def reversed_and_averaged_over_classes(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    log_q, log_p = F.log_softmax(student_logits / T, 1), F.log_softmax(teacher_logits.detach() / T, 1)
    soft = (log_q.exp() * (log_q - log_p)).mean()
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "You gave F.kl_div the student's probabilities. Its first argument is their logarithm: log_softmax."
)
def probabilities_for_logarithms(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    p, q = F.softmax(teacher_logits.detach() / T, 1), F.softmax(student_logits / T, 1)
    soft = F.kl_div(q, p, reduction="batchmean")
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "You gave F.kl_div the student's logits. Its first argument is the logarithm of probabilities: log_softmax of them."
)
def logits_for_logarithms(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    p = F.softmax(teacher_logits.detach() / T, 1)
    soft = F.kl_div(student_logits / T, p, reduction="batchmean")
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "You gave F.kl_div the teacher's logarithms as if they were probabilities. Its second argument is softmax (or log_softmax with log_target=True)."
)
def logarithms_for_probabilities(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    log_q, log_p = F.log_softmax(student_logits / T, 1), F.log_softmax(teacher_logits.detach() / T, 1)
    soft = F.kl_div(log_q, log_p, reduction="batchmean")
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "Your soft part is the cross entropy of student and teacher. The divergence is less by the teacher's entropy: it is 0 where both agree."
)
def cross_entropy_of_both(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, kl=_cross_entropy)


@misconception(
    "Your soft part is the squared difference of the logits. That is another way to distill; here it is the divergence of the softened distributions."
)
def squared_difference_of_logits(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = F.mse_loss(student_logits / T, teacher_logits.detach() / T)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "Your soft part is the squared difference of the probabilities. Here it is their Kullback-Leibler divergence."
)
def squared_difference_of_probabilities(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = F.mse_loss(F.softmax(student_logits / T, 1), F.softmax(teacher_logits.detach() / T, 1))
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "Your softmax goes over the examples (dim=0). Each row has a distribution over the classes: dim=1."
)
def softmax_over_examples(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(
        student_logits, teacher_logits, labels, T, alpha, kl=lambda s, t: _kl(s.T, t.T, "sum") / len(s)
    )


@misconception("Your divergence is counted in bits: the logarithm is the natural one here.")
def in_bits(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T) / math.log(2)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception("Your soft part has the opposite sign: it rewards a student who differs from the teacher.")
def soft_part_negated(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = -_kl(student_logits / T, teacher_logits / T)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "Your loss breaks down for large logits: an exponential overflows, or a probability becomes 0 and its logarithm infinite (0 * infinity is NaN). Use log_softmax, which never takes the logarithm of a rounded probability."
)
def logarithm_of_softmax(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    p, q = F.softmax(teacher_logits.detach() / T, 1), F.softmax(student_logits / T, 1)
    soft = (p * torch.log(p / q)).sum(1).mean()
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "Your loss is finite for large logits but wrong: a small epsilon in the logarithm, or a clamp of the probabilities, limits it. Use log_softmax, which needs neither."
)
def epsilon_in_the_logarithm(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    p, q = F.softmax(teacher_logits.detach() / T, 1), F.softmax(student_logits / T, 1)
    soft = (p * (torch.log(p + 1e-10) - torch.log(q + 1e-10))).sum(1).mean()
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


# ---------------------------------------------------------------------------------------------- the hard part and the weights


@misconception(
    "alpha weighs the hard part in your loss. Here it weighs the soft part, and 1 - alpha the hard one (other courses swap the two)."
)
def alpha_swapped(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, weights=lambda alpha: (1 - alpha, alpha))


@misconception("The hard part has no weight: it is multiplied by 1 - alpha.")
def hard_part_not_weighed(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, weights=lambda alpha: (alpha, 1))


@misconception("The soft part has no weight: it is multiplied by alpha.")
def soft_part_not_weighed(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return T**2 * _kl(student_logits / T, teacher_logits / T) + (1 - alpha) * _hard(student_logits, labels)


@misconception("alpha weighs both parts. The hard part's weight is 1 - alpha.")
def alpha_for_both(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, weights=lambda alpha: (alpha, alpha))


@misconception("alpha is used nowhere: it weighs the soft part, 1 - alpha the hard one.")
def alpha_ignored(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return T**2 * _kl(student_logits / T, teacher_logits / T) + _hard(student_logits, labels)


@misconception("The hard part is missing: labels are learned as well, with weight 1 - alpha.")
def no_hard_part(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return alpha * T**2 * _kl(student_logits / T, teacher_logits / T)


@misconception("The soft part is missing: the teacher is not used at all.")
def no_soft_part(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "You gave cross_entropy the probabilities. It takes logits and applies the softmax itself; now it is applied twice."
)
def softmax_twice(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(
        student_logits,
        teacher_logits,
        labels,
        T,
        alpha,
        hard=lambda student, labels: _hard(F.softmax(student, 1), labels),
    )


@misconception(
    "You gave nll_loss probabilities. It takes their logarithms; cross_entropy(logits, labels) does both steps."
)
def nll_of_probabilities(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return alpha * T**2 * soft + (1 - alpha) * F.nll_loss(F.softmax(student_logits, 1), labels)


@misconception("You gave nll_loss the logits. It takes log-probabilities; cross_entropy takes logits.")
def nll_of_logits(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return alpha * T**2 * soft + (1 - alpha) * F.nll_loss(student_logits, labels)


@misconception(
    "The hard part measures the teacher: cross_entropy of the teacher's logits. It is the student who learns the labels."
)
def hard_part_of_the_teacher(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return alpha * T**2 * soft + (1 - alpha) * _hard(teacher_logits.detach(), labels)


@misconception(
    "The hard part takes the teacher's favorite class for the label. The labels are given: the teacher may be wrong."
)
def labels_of_the_teacher(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, teacher_logits.argmax(1))


@misconception(
    "T and alpha are fixed in your function. They are parameters; 4.0 and 0.7 are only their defaults."
)
def fixed_numbers(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return 0.7 * 16 * _kl(student_logits / 4, teacher_logits / 4) + 0.3 * _hard(student_logits, labels)


@misconception("Your defaults are others than T=4.0 and alpha=0.7, which the text gives.")
def other_defaults(student_logits, teacher_logits, labels, T=2.0, alpha=0.5):
    soft = _kl(student_logits / T, teacher_logits / T)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "The hard part takes the teacher's probabilities for labels. The labels are given: the teacher may be wrong."
)
def soft_labels_in_the_hard_part(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    p = F.softmax(teacher_logits.detach() / T, 1)
    return _right(
        student_logits, teacher_logits, labels, T, alpha, hard=lambda student, labels: _hard(student, p)
    )


@misconception(
    "The hard part is a binary cross entropy of each class. It is the cross entropy of the softmax over classes."
)
def binary_cross_entropy(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    def hard(student, labels):
        return F.binary_cross_entropy_with_logits(
            student, F.one_hot(labels, student.shape[1]).to(student.dtype)
        )

    return _right(student_logits, teacher_logits, labels, T, alpha, hard=hard)


@misconception(
    "Your soft part takes the teacher's favorite class alone. It compares the probabilities of all classes."
)
def favorite_class_in_the_soft_part(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _right(student_logits, teacher_logits, labels, T, alpha, kl=lambda s, t: _hard(s, t.argmax(1)))


@misconception("Your soft part takes the class of the label alone. The divergence is a sum over all classes.")
def labels_class_in_the_soft_part(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    def kl(student, teacher):
        log_q, log_p = F.log_softmax(student, 1), F.log_softmax(teacher.detach(), 1)
        return (log_p.exp() * (log_p - log_q)).gather(1, labels[:, None]).mean()

    return _right(student_logits, teacher_logits, labels, T, alpha, kl=kl)


@misconception(
    "Your soft part is the absolute difference of the probabilities. Here it is their Kullback-Leibler divergence."
)
def absolute_difference_of_probabilities(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    def kl(student, teacher):
        return (F.softmax(student, 1) - F.softmax(teacher.detach(), 1)).abs().sum(1).mean()

    return _right(student_logits, teacher_logits, labels, T, alpha, kl=kl)


# ---------------------------------------------------------------------------------------------- gradients and results


@misconception(
    "The teacher gets a gradient, and learns from its student. Detach its logits, or compute its probabilities under torch.no_grad()."
)
def teacher_not_detached(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    def kl(student, teacher):
        return F.kl_div(F.log_softmax(student, 1), F.softmax(teacher, 1), reduction="batchmean")

    return _right(student_logits, teacher_logits, labels, T, alpha, kl=kl)


@misconception(
    "The student gets no gradient from the soft part: its logits were detached there. Detach the teacher's alone."
)
def student_detached_in_the_soft_part(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits.detach() / T, teacher_logits / T)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "The student gets no gradient from the hard part: its logits were detached there, or the hard part is a Python number (.item())."
)
def student_detached_in_the_hard_part(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits.detach(), labels)


@misconception("You return the two parts, weighed, one by one. Their sum is asked for.")
def weighed_parts_returned(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return alpha * T**2 * soft, (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "Your loss has one dimension. A tensor without dimensions is asked for, as a mean or a sum gives it."
)
def one_dimension(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return (alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)).reshape(1)


@misconception(
    "You return a Python number, from which no gradient flows back. Return the tensor, without .item()."
)
def a_plain_number(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T)
    return (alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)).item()


@misconception(
    "You return one loss for each example. The average over them is asked for, a tensor without dimensions."
)
def one_loss_for_each_example(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    soft = _kl(student_logits / T, teacher_logits / T, reduction="none").sum(1)
    hard = F.cross_entropy(student_logits, labels, reduction="none")
    return alpha * T**2 * soft + (1 - alpha) * hard


@misconception("You return the two parts instead of their weighted sum.")
def parts_returned(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    return _kl(student_logits / T, teacher_logits / T) * T**2, _hard(student_logits, labels)


@misconception(
    "Your function divides the logits by T in place, so that the hard part and the caller see softened ones. Make a new tensor: logits / T."
)
def in_place(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    student_logits.data /= T
    teacher_logits.data /= T
    soft = _kl(student_logits, teacher_logits)
    return alpha * T**2 * soft + (1 - alpha) * _hard(student_logits, labels)


@misconception(
    "Your function divides the teacher's logits by T in place. The caller still needs them: teacher_logits / T."
)
def teacher_in_place(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    loss = alpha * T**2 * _kl(student_logits / T, teacher_logits / T) + (1 - alpha) * _hard(
        student_logits, labels
    )
    teacher_logits.data /= T
    return loss


@misconception(
    "Your function divides the student's logits by T in place. The caller still needs them: student_logits / T."
)
def student_in_place(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    loss = alpha * T**2 * _kl(student_logits / T, teacher_logits / T) + (1 - alpha) * _hard(
        student_logits, labels
    )
    student_logits.data /= T
    return loss


# ---------------------------------------------------------------------------------------------- two at once

PAIRS = together(
    _right,
    (no_square_of_T, averaged_over_classes),
    (no_square_of_T, summed_over_examples),
    (no_square_of_T, divergence_reversed),
    (no_square_of_T, cross_entropy_of_both),
    (no_square_of_T, softmax_over_examples),
    (no_square_of_T, temperature_in_the_hard_part),
    (no_square_of_T, alpha_swapped),
    (no_square_of_T, alpha_for_both),
    (no_square_of_T, hard_part_not_weighed),
    (no_square_of_T, softmax_twice),
    (no_square_of_T, teacher_not_detached),
    (T_not_squared, averaged_over_classes),
    (T_not_squared, alpha_swapped),
    (T_not_squared, temperature_in_the_hard_part),
    (averaged_over_classes, alpha_swapped),
    (averaged_over_classes, temperature_in_the_hard_part),
    (averaged_over_classes, softmax_twice),
    (divergence_reversed, alpha_swapped),
    (divergence_reversed, temperature_in_the_hard_part),
    (summed_over_examples, alpha_swapped),
    (cross_entropy_of_both, alpha_swapped),
    (cross_entropy_of_both, temperature_in_the_hard_part),
    (temperature_in_the_hard_part, alpha_swapped),
    (alpha_swapped, softmax_twice),
)
