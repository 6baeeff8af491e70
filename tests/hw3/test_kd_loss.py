"""Hidden tests of hw3's `kd_loss` (10 points).

The two parts are asked for apart, with alpha 1 and 0, then together. Values are compared at logits of a thousand as well, and
the teacher's gradient at logits of a few hundred, where a teacher who was not detached gets NaN.
"""

import torch

from homework.judge import agree, points


def batch(rng, N, C, scale=2.0, dtype=torch.float64):
    """Logits of student and teacher, who often disagree, and labels that neither knows."""
    labels = torch.from_numpy(rng.generator.integers(0, C, N))
    return rng.tensor(N, C, scale=scale, dtype=dtype), rng.tensor(N, C, scale=scale, dtype=dtype), labels


def student_gradient(solution, student_logits, teacher_logits, labels, **options):
    """The gradient of the student's logits."""
    logits = student_logits.detach().requires_grad_()
    loss = solution.kd_loss(logits, teacher_logits, labels, **options)
    if not isinstance(loss, torch.Tensor):
        return "your loss is not a tensor, so no gradient flows back from it"
    return torch.autograd.grad(loss.sum(), logits)[0]


def teacher_gradient(solution, student_logits, teacher_logits, labels, **options):
    """The gradient of the teacher's logits; zero where there is none."""
    student, teacher = student_logits.detach().requires_grad_(), teacher_logits.detach().requires_grad_()
    loss = solution.kd_loss(student, teacher, labels, **options)
    if not isinstance(loss, torch.Tensor):
        return "your loss is not a tensor, so no gradient flows back from it"
    found = torch.autograd.grad(loss.sum(), (student, teacher), allow_unused=True)[1]
    return torch.zeros_like(teacher) if found is None else found


@points(1)
def test_soft_part_at_temperature_one(student, reference, rng):
    """The soft part alone, at T = 1."""
    agree(student.kd_loss, reference.kd_loss, *batch(rng, 5, 7), T=1.0, alpha=1.0)


@points(1.5)
def test_soft_part_at_other_temperatures(student, reference, rng):
    """The soft part alone, at other temperatures."""
    for T in (2.5, 6.0, 0.8):
        agree(student.kd_loss, reference.kd_loss, *batch(rng, 5, 7), T=T, alpha=1.0)


@points(0.5)
def test_soft_part_of_one_example(student, reference, rng):
    """The soft part alone, of a batch of one."""
    agree(student.kd_loss, reference.kd_loss, *batch(rng, 1, 6), T=3.0, alpha=1.0)


@points(0.5)
def test_agreement_costs_nothing(student, reference, rng):
    """The soft part alone, where the student agrees with the teacher."""
    logits, _, labels = batch(rng, 4, 6)
    agree(student.kd_loss, reference.kd_loss, logits, logits + 1.5, labels, T=2.0, alpha=1.0)


@points(1)
def test_hard_part(student, reference, rng):
    """The hard part alone, at T = 1 and at another temperature."""
    for T in (1.0, 3.0):
        agree(student.kd_loss, reference.kd_loss, *batch(rng, 6, 5), T=T, alpha=0.0)


@points(1)
def test_both_parts(student, reference, rng):
    """Both parts, weighed by alpha."""
    for T, alpha in ((1.0, 0.3), (2.0, 0.85), (5.0, 0.15)):
        agree(student.kd_loss, reference.kd_loss, *batch(rng, 4, 9), T=T, alpha=alpha)


@points(0.5)
def test_defaults(student, reference, rng):
    """Both parts, with the default T and alpha."""
    agree(student.kd_loss, reference.kd_loss, *batch(rng, 6, 5))


@points(1)
def test_gradient_of_the_student(student, reference, rng):
    """The gradient of the student's logits, of each part and of both."""
    for T, alpha in ((3.0, 1.0), (3.0, 0.0), (2.0, 0.6)):
        args = batch(rng, 4, 6)
        agree(student.probe(student_gradient), reference.probe(student_gradient), *args, T=T, alpha=alpha)


@points(0.5)
def test_no_gradient_for_the_teacher(student, reference, rng):
    """The teacher gets no gradient."""
    agree(
        student.probe(teacher_gradient),
        reference.probe(teacher_gradient),
        *batch(rng, 4, 6),
        T=2.0,
        alpha=0.6,
    )


@points(0.5)
def test_no_gradient_for_a_sure_teacher(student, reference, rng):
    """A teacher with large logits gets no gradient, and no NaN either."""
    args = batch(rng, 4, 6, scale=400.0)
    agree(student.probe(teacher_gradient), reference.probe(teacher_gradient), *args, T=1.0, alpha=0.6)


@points(0.75)
def test_large_logits(student, reference, rng):
    """Logits of a thousand: soft part, hard part, both."""
    for T, alpha in ((1.0, 1.0), (4.0, 0.0), (2.0, 0.5)):
        agree(student.kd_loss, reference.kd_loss, *batch(rng, 5, 4, scale=1000.0), T=T, alpha=alpha)


@points(0.5)
def test_gradient_at_large_logits(student, reference, rng):
    """The gradient of the student's logits at logits of a thousand."""
    args = batch(rng, 5, 4, scale=1000.0)
    agree(student.probe(student_gradient), reference.probe(student_gradient), *args, T=1.0, alpha=0.7)


@points(0.5)
def test_views_and_single_precision(student, reference, rng):
    """Logits of float32, whose memory is not contiguous."""
    s, t, _ = batch(rng, 6, 5, dtype=torch.float32)
    labels = torch.from_numpy(rng.generator.integers(0, 6, 10))[::2]
    agree(student.kd_loss, reference.kd_loss, s.T, t.T, labels, T=2.0, alpha=0.4)


@points(0.25)
def test_inputs_are_left_alone(student, reference, rng):
    """Logits and labels are the same after the call as before."""
    agree(student.kd_loss, reference.kd_loss, *batch(rng, 4, 6), T=1.0, alpha=0.5, untouched=True)
    agree(student.kd_loss, reference.kd_loss, *batch(rng, 4, 6), T=3.0, alpha=0.5, untouched=True)
