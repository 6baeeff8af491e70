"""The loss with which a small network learns from a large one (Hinton, Vinyals, Dean, 2015): hw3, section *Distillation*."""

import torch.nn.functional as F


def kd_loss(student_logits, teacher_logits, labels, T=4.0, alpha=0.7):
    """Distillation loss, 0-dim, of logits (N, C) and labels (N,); the teacher gets no gradient."""
    soft = F.kl_div(
        F.log_softmax(student_logits / T, dim=1),
        F.log_softmax(teacher_logits.detach() / T, dim=1),
        reduction="batchmean",
        log_target=True,
    )
    return alpha * T**2 * soft + (1 - alpha) * F.cross_entropy(student_logits, labels)
