ACTIVE = "<img src=x onerror=alert('pwned')></pre><script>alert('pwned')</script>"


def cross_corr_2d(X, K):
    raise type(ACTIVE, (ValueError,), {})(ACTIVE)


exec(compile(f"raise type({ACTIVE!r}, (Exception,), {{}})({ACTIVE!r})", f"<cell {ACTIVE}>", "exec"))
