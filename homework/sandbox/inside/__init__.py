"""What runs inside the sandbox. This folder alone is mounted there: it imports nothing of `homework` above it.

`values`, `frames`, `flat`, `driver` and `caps` are shared with the trusted side, which also asks `landlock` for the
kernel's version; the rest is only ever run by the untrusted one.
"""
