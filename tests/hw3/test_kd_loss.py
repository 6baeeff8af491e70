"""Hidden tests of hw3's `kd_loss` (10 points).

The two parts are asked for apart, with alpha 1 and 0, then together. Values are compared at logits of a thousand as well, and
the teacher's gradient at logits of a few hundred, where a teacher who was not detached gets NaN.
"""

from functools import partial

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


def why_soft(student, student_logits, teacher_logits, labels, T, answer):
    """What the soft part depends on that it must not depend on, and the other way round."""

    def soft(s=student_logits, t=teacher_logits, y=labels):
        return float(student.kd_loss(s, t, y, T=T, alpha=1.0))

    def other(value):
        return abs(value - soft()) > 1e-6 * (1 + abs(soft()))

    if other(soft(y=(labels + 1) % student_logits.shape[1])):
        return "Your soft part depends on the labels: it compares student and teacher alone."
    if not other(soft(t=teacher_logits.flip(1))):
        return "Your soft part does not depend on the teacher."
    if other(soft(t=teacher_logits + torch.arange(len(labels))[:, None])):
        return "Your soft part changes where a constant is added to all of the teacher's logits of an example: the softmax over the classes is missing."
    if other(soft(s=student_logits + torch.arange(len(labels))[:, None])):
        return "Your soft part changes where a constant is added to all of the student's logits of an example: the softmax over the classes is missing."
    if other(soft(student_logits.repeat(2, 1), teacher_logits.repeat(2, 1), labels.repeat(2))):
        return (
            "Your soft part changes where every example comes twice: it must be an average over the examples."
        )
    wide = [
        torch.cat([logits, torch.full_like(logits, -300.0 * T)], 1)
        for logits in (student_logits, teacher_logits)
    ]
    if other(soft(*wide)):
        return "Your soft part changes where classes are added that nobody believes in, with logits far below the others: they add nothing to a sum over the classes, but change an average."
    if abs(soft(s=teacher_logits)) > 1e-6:
        return "Your soft part is not 0 where the student agrees with the teacher. A divergence is."
    if soft() < 0:
        return "Your soft part is negative. A divergence never is."
    if not other(soft(teacher_logits, student_logits)):
        return "Your soft part is the same where student and teacher change places. KL(teacher || student) is not."
    return None


def why_hard(student, student_logits, teacher_logits, labels, T, answer):
    """The same for the hard part."""

    def hard(s=student_logits, t=teacher_logits, y=labels, T=T):
        return float(student.kd_loss(s, t, y, T=T, alpha=0.0))

    def other(value):
        return abs(value - hard()) > 1e-6 * (1 + abs(hard()))

    if other(hard(t=teacher_logits.flip(1))):
        return "Your hard part depends on the teacher: it compares the student with the labels alone."
    if not other(hard(y=(labels + 1) % student_logits.shape[1])):
        return "Your hard part does not depend on the labels."
    if other(hard(T=2 * T)):
        return "Your hard part depends on T. The temperature belongs to the soft part alone, and the factor T^2 too."
    if other(hard(s=student_logits + torch.arange(len(labels))[:, None])):
        return "Your hard part changes where a constant is added to all logits of an example: the softmax over the classes is missing."
    if other(hard(student_logits.repeat(2, 1), teacher_logits.repeat(2, 1), labels.repeat(2))):
        return (
            "Your hard part changes where every example comes twice: it must be an average over the examples."
        )
    wide = [
        torch.cat([logits, torch.full_like(logits, -900.0)], 1) for logits in (student_logits, teacher_logits)
    ]
    if other(hard(*wide)):
        return "Your hard part changes where classes are added that nobody believes in, with logits far below the others: the number of classes must not be in it."
    return None


def why_both(student, student_logits, teacher_logits, labels, T, alpha, answer):
    """Whether the parts are weighed as they should be."""
    soft, hard, both = (
        float(student.kd_loss(student_logits, teacher_logits, labels, T=T, alpha=one))
        for one in (1.0, 0.0, alpha)
    )
    if abs(both - (alpha * soft + (1 - alpha) * hard)) > 1e-6 * (1 + abs(both)):
        return "Your parts are not weighed with alpha and 1 - alpha: with both, the loss is not what your two parts alone give."
    return None


@points(1)
def test_soft_part_at_temperature_one(student, reference, rng):
    """The soft part alone, at T = 1."""
    args = batch(rng, 5, 7)
    why = partial(why_soft, student, *args, 1.0)
    agree(student.kd_loss, reference.kd_loss, *args, T=1.0, alpha=1.0, why=why)


@points(1.5)
def test_soft_part_at_other_temperatures(student, reference, rng):
    """The soft part alone, at other temperatures."""
    for T in (2.5, 6.0, 0.8):
        args = batch(rng, 5, 7)
        why = partial(why_soft, student, *args, T)
        agree(student.kd_loss, reference.kd_loss, *args, T=T, alpha=1.0, why=why)


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
        args = batch(rng, 6, 5)
        why = partial(why_hard, student, *args, T)
        agree(student.kd_loss, reference.kd_loss, *args, T=T, alpha=0.0, why=why)


@points(1)
def test_both_parts(student, reference, rng):
    """Both parts, weighed by alpha."""
    for T, alpha in ((1.0, 0.3), (2.0, 0.85), (5.0, 0.15)):
        args = batch(rng, 4, 9)
        why = partial(why_both, student, *args, T, alpha)
        agree(student.kd_loss, reference.kd_loss, *args, T=T, alpha=alpha, why=why)


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
