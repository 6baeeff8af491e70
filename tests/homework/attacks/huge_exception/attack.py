def cross_corr_2d(X, K):
    text = "x" * (30 << 20)
    error = type("E" * 1_000_000, (ValueError,), {})(text)
    error.add_note(text)
    raise error from RuntimeError(text)


def explain():
    raise ValueError("x" * (30 << 20))


try:
    explain()
except ValueError as error:
    error.add_note("y" * (1 << 20))
    raise type("N" * 100_000, (Exception,), {})("z" * (10 << 20)) from error
