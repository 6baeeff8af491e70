"""Wrong solutions of `FakeQuantize`, each with the sentence that a student whose answer equals it should read."""

import torch

from homework.judge import misconception


class _Right(torch.autograd.Function):
    """The right thing, in steps that the classes below replace."""

    @staticmethod
    def limits(bits):
        return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    @staticmethod
    def level(x, scale, zero_point):
        return torch.round(x / scale) + zero_point

    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return (cls.level(x, scale, zero_point).clamp(*cls.limits(bits)) - zero_point) * scale

    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        level = torch.round(x / scale) + zero_point
        return (level >= -(2 ** (bits - 1))) & (level <= 2 ** (bits - 1) - 1)

    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output * passing


def _function(steps):
    """A Function whose forward and backward passes are made of the steps of this class."""

    def forward(ctx, x, scale, zero_point, bits):
        ctx.scale = scale
        ctx.save_for_backward(steps.passing(x, scale, zero_point, bits))
        return steps.values(x, scale, zero_point, bits)

    def backward(ctx, grad_output):
        return steps.gradient(grad_output, ctx.saved_tensors[0], ctx.scale), None, None, None

    steps.forward, steps.backward = staticmethod(forward), staticmethod(backward)
    return steps


# ---------------------------------------------------------------------------------------------- the backward pass


@misconception(
    "Your gradient is zero everywhere: that is the true derivative of rounding, with which nothing can be trained. The straight-through estimator passes the gradient on, with factor 1, where nothing was clipped."
)
@_function
class NoGradient(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return torch.zeros_like(grad_output)


@misconception(
    "Your gradient passes everywhere: there is no mask, or it looks at levels that were clipped already. Where the level was clipped, a small change of x changes nothing, and the factor is 0."
)
@_function
class PassesEverywhere(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output.clone()


@misconception(
    "Your mask is turned around: the gradient passes where the level was clipped, and stops where it was not."
)
@_function
class MaskInverted(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output * ~passing


@misconception(
    "Your gradient passes where |x| <= 1, as for networks of one bit. Here it passes where the level was not clipped: lo <= round(x/scale) + zero_point <= hi."
)
@_function
class PassesBelowOne(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return x.abs() <= 1


@misconception(
    "You limited the gradient to values from -1 to 1. It is passed on as it is, or not at all; what decides is x, not the size of the gradient."
)
@_function
class GradientClipped(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output.clamp(-1, 1) * passing


@misconception(
    "You limited the gradient to values from -1 to 1 and let it pass everywhere. It passes with factor 1 where the level was not clipped, and with 0 elsewhere."
)
@_function
class GradientClippedAndPassedEverywhere(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output.clamp(-1, 1)


@misconception("Your mask compares x with lo and hi. These are levels: compare round(x/scale) + zero_point.")
@_function
class MaskOfValues(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        lo, hi = cls.limits(bits)
        return (x >= lo) & (x <= hi)


@misconception("Your mask forgets the zero point. The level that is clipped is round(x/scale) + zero_point.")
@_function
class MaskWithoutZeroPoint(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        lo, hi = cls.limits(bits)
        return (torch.round(x / scale) >= lo) & (torch.round(x / scale) <= hi)


@misconception(
    "Your mask compares x with lo * scale and hi * scale, without the zero point. The values at the ends are (lo - zero_point) * scale and (hi - zero_point) * scale."
)
@_function
class MaskOfScaledEnds(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        lo, hi = cls.limits(bits)
        return (x >= lo * scale) & (x <= hi * scale)


@misconception(
    "Your mask subtracts the zero point. The level that is clipped is round(x/scale) + zero_point."
)
@_function
class MaskSubtractsZeroPoint(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        lo, hi = cls.limits(bits)
        return (torch.round(x / scale) - zero_point >= lo) & (torch.round(x / scale) - zero_point <= hi)


@misconception("Your mask looks at the upper end alone. Below the lowest level the gradient stops as well.")
@_function
class MaskAboveOnly(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return cls.level(x, scale, zero_point) <= cls.limits(bits)[1]


@misconception("Your mask looks at the lower end alone. Above the highest level the gradient stops as well.")
@_function
class MaskBelowOnly(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return cls.level(x, scale, zero_point) >= cls.limits(bits)[0]


@misconception("Your mask is that of 8 bits, whatever `bits` says.")
@_function
class MaskOfEightBits(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        level = cls.level(x, scale, zero_point)
        return (level >= -128) & (level <= 127)


@misconception(
    "Your mask treats the levels as unsigned, from 0 to 2^bits - 1. They go from -2^(bits-1) to 2^(bits-1) - 1."
)
@_function
class MaskUnsigned(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        level = cls.level(x, scale, zero_point)
        return (level >= 0) & (level <= 2**bits - 1)


@misconception(
    "Your gradient passes only strictly between the outermost levels: values that lie on one of them, without being clipped, get none."
)
@_function
class MaskWithoutTheEnds(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        lo, hi = cls.limits(bits)
        level = cls.level(x, scale, zero_point)
        return (level > lo) & (level < hi)


@misconception(
    "Your gradient passes where x is positive, as after a ReLU. It passes where the level was not clipped, whatever its sign."
)
@_function
class MaskOfPositives(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return x > 0


@misconception("One clipped value stops the gradient of all others. The mask is for each value by itself.")
@_function
class OneMaskForAll(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return super().passing(x, scale, zero_point, bits).all().expand(x.shape)


@misconception(
    "You multiplied the gradient by the scale. Forward, x was divided by the scale and multiplied again: the two cancel, and the factor is 1."
)
@_function
class GradientTimesScale(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output * passing * scale


@misconception(
    "You divided the gradient by the scale. Forward, x was divided by the scale and multiplied again: the two cancel, and the factor is 1."
)
@_function
class GradientOverScale(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output * passing / scale


@misconception(
    "You multiplied the gradient by the scale and let it pass everywhere. The factor is 1 where the level was not clipped, and 0 elsewhere."
)
@_function
class TimesScaleEverywhere(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output * scale


@misconception(
    "You return the mask itself as the gradient. The chain rule multiplies it with the gradient that comes in."
)
@_function
class IncomingGradientIgnored(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return passing.to(grad_output.dtype)


@misconception("You return ones as the gradient. What comes in, grad_output, must be passed on.")
@_function
class OnesAsGradient(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return torch.ones_like(grad_output)


@misconception("You kept only the sign of the gradient. It is passed on as it is.")
@_function
class SignOfTheGradient(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output.sign() * passing


@misconception(
    "Your gradient is multiplied by x. Where nothing was clipped the factor is 1: the gradient passes as it came in."
)
class TimesTheInput(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, bits):
        ctx.save_for_backward(x)
        return _Right.values(x, scale, zero_point, bits)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.saved_tensors[0], None, None, None


@misconception(
    "Your gradient stops at the highest level, which no value needs to be clipped to: the condition is level <= hi, not level < hi."
)
@_function
class MaskWithoutTheHighest(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return _Right.passing(x, scale, zero_point, bits) & (
            cls.level(x, scale, zero_point) < cls.limits(bits)[1]
        )


@misconception(
    "Your gradient stops at the lowest level, which no value needs to be clipped to: the condition is level >= lo, not level > lo."
)
@_function
class MaskWithoutTheLowest(_Right):
    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return _Right.passing(x, scale, zero_point, bits) & (
            cls.level(x, scale, zero_point) > cls.limits(bits)[0]
        )


@misconception(
    "Your gradient is one sum for all values. Each value has the gradient of its own output, or 0."
)
@_function
class GradientSummed(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return (grad_output * passing).sum().expand_as(grad_output)


@misconception(
    "Where the level was clipped your gradient is small, and not 0. The factor there is 0: a small change of x changes nothing."
)
@_function
class PassesATenthOutside(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return torch.where(passing, grad_output, 0.1 * grad_output)


@misconception("Your gradient has the opposite sign. The factor is 1.")
@_function
class GradientNegated(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return -grad_output * passing


@misconception("Your gradient was averaged over the values. Each value has its own.")
@_function
class GradientAveraged(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output.mean() * passing


@misconception("You quantized the gradient as well. It is passed on as it is.")
@_function
class GradientQuantized(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        return torch.round(grad_output / scale) * scale * passing


@misconception(
    "The gradient was multiplied by the quantized values. The factor is 1 where nothing was clipped: the rounding is treated as if it were not there."
)
class TimesTheOutput(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, bits):
        y = _Right.values(x, scale, zero_point, bits)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.saved_tensors[0], None, None, None


@misconception(
    "You wrote zeros into the gradient that came in. It belongs to others as well, who then get a wrong one: multiply, or clone it first."
)
@_function
class WritesIntoTheIncoming(_Right):
    @staticmethod
    def gradient(grad_output, passing, scale):
        grad_output[~passing] = 0
        return grad_output


@misconception(
    "Your mask is kept on the class or in a global variable, where the next call overwrites it. A network calls the function once for each layer before it goes back: keep it on ctx."
)
class KeptOnTheClass(torch.autograd.Function):
    kept = None

    @staticmethod
    def forward(ctx, x, scale, zero_point, bits):
        KeptOnTheClass.kept = _Right.passing(x, scale, zero_point, bits)
        return _Right.values(x, scale, zero_point, bits)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * KeptOnTheClass.kept, None, None, None


@misconception(
    "Your backward pass fails: backward returns something else than four things in the order of forward's arguments. These are the gradient of x, and None for scale, zero_point and bits."
)
class OneGradientReturned(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, bits):
        ctx.save_for_backward(_Right.passing(x, scale, zero_point, bits))
        return _Right.values(x, scale, zero_point, bits)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.saved_tensors[0]


# ---------------------------------------------------------------------------------------------- the forward pass


@misconception(
    "Your forward pass returns the levels. Fake quantization quantizes and dequantizes: (q - zero_point) * scale."
)
@_function
class LevelsReturned(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return cls.level(x, scale, zero_point).clamp(*cls.limits(bits))


@misconception("Your forward pass returns x unchanged. It must return the value of the nearest level.")
@_function
class NothingQuantized(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return x.clone()


@misconception(
    "Your forward pass does not clip. Levels below lo = -2^(bits-1) or above hi = 2^(bits-1) - 1 do not exist."
)
@_function
class NotClipped(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return torch.round(x / scale) * scale


@misconception("Your forward pass clips but does not round.")
@_function
class NotRounded(_Right):
    @staticmethod
    def level(x, scale, zero_point):
        return x / scale + zero_point

    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return _Right.passing(x, scale, zero_point, bits)


@misconception("Your forward pass rounds down. It rounds to the nearest level.")
@_function
class Floor(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return ((torch.floor(x / scale) + zero_point).clamp(*cls.limits(bits)) - zero_point) * scale


@misconception(
    "Your forward pass cuts off fractions, as a conversion to integers does. It rounds to the nearest level."
)
@_function
class Truncated(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return ((torch.trunc(x / scale) + zero_point).clamp(*cls.limits(bits)) - zero_point) * scale


@misconception(
    "Your forward pass clips without the zero point. The level that is clipped is round(x/scale) + zero_point."
)
@_function
class ClippedWithoutZeroPoint(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return torch.round(x / scale).clamp(*cls.limits(bits)) * scale


@misconception("Neither pass knows of the zero point. The level is round(x/scale) + zero_point, in both.")
@_function
class ZeroPointIgnored(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return torch.round(x / scale).clamp(*cls.limits(bits)) * scale

    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return super().passing(x, scale, 0, bits)


@misconception("Your forward pass dequantizes without the zero point: (q - zero_point) * scale.")
@_function
class ZeroPointNotSubtracted(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return cls.level(x, scale, zero_point).clamp(*cls.limits(bits)) * scale


@misconception(
    "Your forward pass adds the zero point when it dequantizes. It subtracts it: (q - zero_point) * scale."
)
@_function
class ZeroPointAddedTwice(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return (cls.level(x, scale, zero_point).clamp(*cls.limits(bits)) + zero_point) * scale


@misconception("Your forward pass multiplies by the scale where it quantizes. x/scale counts steps.")
@_function
class MultipliedByScale(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return ((torch.round(x * scale) + zero_point).clamp(*cls.limits(bits)) - zero_point) / scale


@misconception(
    "You multiplied by the scale where the level is made, in forward pass and mask. x/scale counts steps."
)
@_function
class MultipliedByScaleInBothPasses(_Right):
    @staticmethod
    def level(x, scale, zero_point):
        return torch.round(x * scale) + zero_point

    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        lo, hi = cls.limits(bits)
        level = cls.level(x, scale, zero_point)
        return (level >= lo) & (level <= hi)


@misconception(
    "Your forward pass dequantizes by dividing. A number of steps times the scale is a value: (q - zero_point) * scale."
)
@_function
class DividedByScale(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return (cls.level(x, scale, zero_point).clamp(*cls.limits(bits)) - zero_point) / scale


@misconception(
    "The zero point has the wrong sign: it is added to get levels, round(x/scale) + zero_point, and subtracted to get values."
)
@_function
class ZeroPointNegated(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return _Right.values(x, scale, -zero_point, bits)

    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return _Right.passing(x, scale, -zero_point, bits)


@misconception(
    "Your values are whole numbers: they were converted to integers. Fake quantization gives floating-point values."
)
@_function
class Integers(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return super().values(x, scale, zero_point, bits).int()


@misconception(
    "Your forward pass returns a tuple. It returns the values alone; what backward needs is kept on ctx."
)
class TupleReturned(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, bits):
        passing = _Right.passing(x, scale, zero_point, bits)
        ctx.save_for_backward(passing)
        return _Right.values(x, scale, zero_point, bits), passing

    @staticmethod
    def backward(ctx, grad_output, _):
        return grad_output * ctx.saved_tensors[0], None, None, None


@misconception("Your forward pass always has the levels of 8 bits.")
@_function
class EightBits(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return (cls.level(x, scale, zero_point).clamp(-128, 127) - zero_point) * scale


@misconception("Both passes always have the levels of 8 bits. `bits` sets lo and hi.")
@_function
class EightBitsInBothPasses(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return (cls.level(x, scale, zero_point).clamp(-128, 127) - zero_point) * scale

    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        return super().passing(x, scale, zero_point, 8)


@misconception("Your levels are unsigned, from 0 to 2^bits - 1. They go from -2^(bits-1) to 2^(bits-1) - 1.")
@_function
class Unsigned(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return (cls.level(x, scale, zero_point).clamp(0, 2**bits - 1) - zero_point) * scale


@misconception(
    "Your levels are unsigned in both passes, from 0 to 2^bits - 1. They go from -2^(bits-1) to 2^(bits-1) - 1."
)
@_function
class UnsignedInBothPasses(_Right):
    @staticmethod
    def limits(bits):
        return 0, 2**bits - 1

    @classmethod
    def passing(cls, x, scale, zero_point, bits):
        lo, hi = cls.limits(bits)
        level = cls.level(x, scale, zero_point)
        return (level >= lo) & (level <= hi)


@misconception(
    "Your lowest level is -(2^(bits-1) - 1), as in symmetric schemes. Here lo = -2^(bits-1) is used as well."
)
@_function
class NarrowRange(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        lo, hi = cls.limits(bits)
        return (cls.level(x, scale, zero_point).clamp(lo + 1, hi) - zero_point) * scale


@misconception("Your highest level is 2^(bits-1), one too many: hi = 2^(bits-1) - 1.")
@_function
class OneLevelTooMany(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        lo, hi = cls.limits(bits)
        return (cls.level(x, scale, zero_point).clamp(lo, hi + 1) - zero_point) * scale


@misconception(
    "Your levels go from -2^bits to 2^bits - 1: twice as many as `bits` bits can tell apart. One bit is the sign."
)
@_function
class TwiceTheLevels(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return (cls.level(x, scale, zero_point).clamp(-(2**bits), 2**bits - 1) - zero_point) * scale


@misconception(
    "Your function makes its own scale and zero point from x. They are given, and x may leave their range."
)
@_function
class OwnParameters(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        m, M = min(x.min().item(), 0.0), max(x.max().item(), 0.0)
        scale = (M - m) / (2**bits - 1) or 1.0
        return super().values(x, scale, round(-(2 ** (bits - 1)) - m / scale), bits)


@misconception("Your forward pass writes into x. The caller still needs it: make a new tensor.")
class WritesIntoTheInput(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, bits):
        ctx.save_for_backward(_Right.passing(x, scale, zero_point, bits))
        y = _Right.values(x, scale, zero_point, bits)
        x.data.copy_(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.saved_tensors[0], None, None, None


# ---------------------------------------------------------------------------------------------- two at once


@misconception("Two things: the forward pass must clip to lo and hi, and the gradient stops where it does.")
@_function
class NeitherClippedNorMasked(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return torch.round(x / scale) * scale

    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output.clone()


@misconception(
    "Two things: the forward pass rounds to the nearest level, not down, and the gradient passes only where the level was not clipped."
)
@_function
class FloorAndPassesEverywhere(_Right):
    @classmethod
    def values(cls, x, scale, zero_point, bits):
        return ((torch.floor(x / scale) + zero_point).clamp(*cls.limits(bits)) - zero_point) * scale

    @staticmethod
    def gradient(grad_output, passing, scale):
        return grad_output.clone()
