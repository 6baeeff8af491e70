"""The time of handing in, as `timestamp.txt` has it: text that a student may have written."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache


def parse_time(text: str) -> datetime | None:
    """The time in a `timestamp.txt`, in UTC, which is also meant where no zone is given; None if there is none.

    The zone may be an offset or a name of the time zone database. An abbreviation such as PST is not: it means
    different zones to different people. No file is looked up by what a student wrote.
    """
    from dateutil import parser

    before, _, last = text.strip().rpartition(" ")
    zone = _zone(last) if before else None
    dates = {datetime(2000, 1, 1), datetime(2001, 2, 2)}  # a part of the date that is missing would be theirs
    try:
        times: set[datetime] = {
            parser.parse(before if zone else text, default=date, tzinfos=_attached_zone) for date in dates
        }
        (time,) = times
        if zone is not None:
            time = time.replace(tzinfo=zone)
        ahead = time.utcoffset()
        return time if ahead is None else (time - ahead).replace(tzinfo=None)
    except Exception:  # a parser of free text raises nearly anything on text that is no time
        return None


_OFFSET = re.compile(r"([+-])(\d\d?)(?::?([0-5]\d))?")


def _zone(word: str) -> tzinfo | None:
    """The time zone that a word names."""
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
    """The zone that stands right behind a time: an offset or a name. Raises ValueError for one that is unknown."""
    if name is None:
        return None if seconds is None else timezone(timedelta(seconds=seconds))
    if (zone := _zone(name)) is None:
        raise ValueError(f"{name} is no time zone")
    return zone
