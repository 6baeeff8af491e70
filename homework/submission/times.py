"""The time of a submission, read from `timestamp.txt`: text that a student may have written."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache


def parse_time(text: str, default: tzinfo = UTC) -> datetime | None:
    """The time in a `timestamp.txt`, in UTC; None if there is no time in it. `default` is the zone of one without.

    The zone can be an offset or a name from the time zone database, but not an abbreviation such as PST, which can mean
    several zones. A zone that a student wrote never becomes the name of a file to open.
    """
    from dateutil import parser

    text = _OF_UTC.sub(r" \1", _NAMED_TWICE.sub("", text.strip()))
    before, _, last = text.rpartition(" ")
    zone = _zone(last) if before else None
    dates = {datetime(2000, 1, 1), datetime(2001, 2, 2)}  # a missing part of the date would come from these
    try:
        times: set[datetime] = {
            parser.parse(
                before if zone else text,
                default=date,
                tzinfos=_attached_zone,
                dayfirst=_DAY_FIRST.match(text) is not None,
            )
            for date in dates
        }
        (time,) = times
        if zone is not None:
            time = time.replace(tzinfo=zone)
        if time.utcoffset() is None:
            time = time.replace(tzinfo=default)
        return time.astimezone(UTC).replace(tzinfo=None)
    except Exception:  # a parser of free text can raise nearly anything
        return None


# What browsers and Java write behind an offset, as in GMT-0800 (Pacific Standard Time): the zone once more.
_NAMED_TWICE = re.compile(r"(?<=\d) ?(?:\([^()]*\)|\[[\w/+-]+\])$")
# As in UTC+2, the sign of which dateutil reads the other way.
_OF_UTC = re.compile(r" ?(?<![A-Za-z/])(?:UTC|GMT)([+-]\d\d?(?::?\d\d)?)$", re.IGNORECASE)
_DAY_FIRST = re.compile(r"\d\d?\.\d\d?\.\d{4}\b")  # with dots nobody writes the month first
_OFFSET = re.compile(r"([+-])(\d\d?)(?::?([0-5]\d))?")


def _zone(word: str) -> tzinfo | None:
    """The time zone called `word`, or None."""
    if word.upper() in ("UTC", "GMT", "Z"):
        return UTC
    if offset := _OFFSET.fullmatch(word):
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(ahead if offset[1] == "+" else -ahead) if ahead < timedelta(days=1) else None
    return zoneinfo.ZoneInfo(word) if word in _zone_names() else None


@cache
def _zone_names() -> set[str]:
    return zoneinfo.available_timezones()


def _attached_zone(name: str | None, seconds: int | None) -> tzinfo | None:
    """The zone directly after a time: an offset or a name. Raises ValueError for an unknown one."""
    if name is None:
        return None if seconds is None else timezone(timedelta(seconds=seconds))
    if (zone := _zone(name)) is None:
        raise ValueError(f"{name} is not a time zone")
    return zone
