"""What runs inside the sandbox. This folder alone is mounted there: it imports nothing of `homework` above it.

`wire`, `flat` and `driver` are shared with the trusted side; the rest is only ever run by the untrusted one.
"""
