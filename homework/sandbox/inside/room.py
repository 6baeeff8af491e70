"""Address space that student code leaves to ours, in the process that both run in.

Theory of operation. When student code has used up what it may, our code still has to say so: to describe the exception
takes memory, too. So student code runs below a soft limit, and ours below the hard one, `caps.ROOM` higher. A student
who raises the soft limit gains that much address space alone: what a session owns is the supervisor's to measure.
"""

from __future__ import annotations

import resource

from . import caps

# As they are before any notebook.
_getrlimit, _setrlimit = resource.getrlimit, resource.setrlimit
_everything = [(resource.RLIM_INFINITY, resource.RLIM_INFINITY)]  # made ahead: `give` is to take no memory


def hold() -> None:
    """Student code runs next: keep room from it."""
    hard = _getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:  # there is a limit in sessions, as a rule not in the zygote
        _everything[0] = (hard, hard)
        _setrlimit(resource.RLIMIT_AS, (max(hard - caps.ROOM, 0), hard))


def give() -> None:
    """Our code runs next, or again: let it have all there is."""
    if _everything[0][1] != resource.RLIM_INFINITY:
        _setrlimit(resource.RLIMIT_AS, _everything[0])
