"""Right solutions of `kd_loss`, written in other ways: all of them must get full marks."""

import torch
import torch.nn.functional as F
from torch import nn

from homework.judge import variant


@variant
def with_probabilities_as_the_target(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    """kl_div with the teacher's probabilities, as most write it."""
    with torch.no_grad():
        soft_targets = F.softmax(teacher_logits / T, dim=-1)
    log_probabilities = F.log_softmax(student_logits / T, dim=-1)
    soft_loss = F.kl_div(log_probabilities, soft_targets, reduction="batchmean") * (T * T)
    return alpha * soft_loss + (1.0 - alpha) * F.cross_entropy(student_logits, labels)


@variant
def summed_and_divided(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    """Sums over everything, then divides by the number of examples."""
    N = student_logits.shape[0]
    p = torch.softmax(teacher_logits.detach() / T, 1)
    kl = nn.KLDivLoss(reduction="sum")(torch.log_softmax(student_logits / T, 1), p) / N
    hard = nn.CrossEntropyLoss()(student_logits, labels)
    return kl * alpha * T**2 + hard * (1 - alpha)


@variant
def by_hand(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    """The sum of the formula, from logarithms of both."""
    log_p = (teacher_logits.detach() / T).log_softmax(1)
    log_q = (student_logits / T).log_softmax(1)
    soft = (log_p.exp() * (log_p - log_q)).sum(1).mean()
    hard = -student_logits.log_softmax(1)[torch.arange(len(labels)), labels].mean()
    return alpha * T * T * soft + (1 - alpha) * hard


@variant
def cross_entropy_less_entropy(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    """KL as cross entropy with soft labels, less the teacher's entropy."""
    p = F.softmax(teacher_logits.detach() / T, dim=1)
    entropy = torch.special.entr(p).sum(1).mean()
    soft = F.cross_entropy(student_logits / T, p) - entropy
    return alpha * T**2 * soft + (1 - alpha) * F.cross_entropy(student_logits, labels)


@variant
def row_by_row(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    """One example at a time."""
    total = 0.0
    for s, t, label in zip(student_logits, teacher_logits.detach(), labels, strict=True):
        log_p, log_q = F.log_softmax(t / T, dim=0), F.log_softmax(s / T, dim=0)
        soft = sum(p.exp() * (p - q) for p, q in zip(log_p, log_q, strict=True))
        total = total + alpha * T**2 * soft - (1 - alpha) * F.log_softmax(s, dim=0)[label]
    return total / len(labels)


@variant
def with_logsumexp(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    """Log-probabilities as logits less logsumexp; xlogy for 0 log 0."""
    teacher = teacher_logits.detach() / T
    p = torch.exp(teacher - torch.logsumexp(teacher, 1, keepdim=True))
    log_q = student_logits / T - torch.logsumexp(student_logits / T, 1, keepdim=True)
    soft = (torch.special.xlogy(p, p) - p * log_q).sum(dim=1).mean()
    hard = F.nll_loss(student_logits - torch.logsumexp(student_logits, 1, keepdim=True), labels)
    return torch.lerp(hard, T**2 * soft, float(alpha))


@variant
def in_double_precision(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    """Computes in float64, one loss for each row, and returns the mean in the input's precision."""
    s, t = student_logits.double(), teacher_logits.detach().double()
    rows = F.kl_div(F.log_softmax(s / T, 1), F.softmax(t / T, 1), reduction="none").sum(1)
    hard = F.cross_entropy(s, labels, reduction="none")
    return (alpha * T**2 * rows + (1 - alpha) * hard).mean().to(student_logits.dtype)
