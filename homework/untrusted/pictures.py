"""Pictures from students, decoded and encoded again, so that only pixels remain.

All pages share one set of limits, since a small file can contain a huge number of pixels.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
from dataclasses import dataclass
from typing import Any

MAX_PIXELS = 25_000_000
_MAX_JPEG = 64_000_000  # pixels of a JPEG, which is decoded at a smaller size
MAX_PICTURE_BYTES = 16 << 20
MAX_PICTURES = 12  # of one cell
MAX_DECODED = 150_000_000  # pixels of all pictures of a notebook: a few seconds
_LONGEST_SIDE = 2000
_MOST_FORMS = 4  # of one attachment
_MOST_KEPT, _LARGEST_KEPT = 64, 256 << 10
# What editors paste and phones send. The bytes decide, not the type that is written next to them.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")


@dataclass(frozen=True)
class Picture:
    """A picture that can be shown: a PNG file that we encoded, and its size in pixels."""

    png: bytes
    width: int
    height: int

    @property
    def base64(self) -> str:
        """The form used in notebooks and `data:` addresses."""
        return base64.b64encode(self.png).decode("ascii")


class Pictures:
    """The pictures of one notebook. Each is decoded once, and all of them together up to `MAX_DECODED` pixels."""

    def __init__(self) -> None:
        self._left = MAX_DECODED
        self._made: dict[bytes, Picture | None] = {}

    def reencoded(self, data: bytes, formats: tuple[str, ...] = ("PNG",)) -> Picture | None:
        """A picture of one of `formats` as PNG, scaled down if needed; None if it is not one or exceeds the limits."""
        key = hashlib.sha256("".join(formats).encode() + data).digest()
        if key not in self._made:
            self._made[key] = _kept.get(key) or self._remembered(key, data, formats)
        return self._made[key]

    def attached(self, attachments: dict[str, Any]) -> tuple[dict[str, Picture], list[str]]:
        """The pictures among a cell's attachments, by name, and the names of those that cannot be shown."""
        shown: dict[str, Picture] = {}
        dropped: list[str] = []
        for name, bundle in attachments.items():
            picture = self._of_bundle(bundle) if len(shown) < MAX_PICTURES else None
            if picture is None:
                dropped.append(str(name))
            else:
                shown[str(name)] = picture
        return shown, dropped

    def _of_bundle(self, bundle: Any) -> Picture | None:
        for encoded in list(bundle.values())[:_MOST_FORMS] if isinstance(bundle, dict) else ():
            if isinstance(encoded, list) and all(isinstance(line, str) for line in encoded):
                encoded = "".join(encoded)
            if not isinstance(encoded, str) or len(encoded) > 2 * MAX_PICTURE_BYTES:
                continue
            try:
                picture = self.reencoded(base64.b64decode(encoded), _FORMATS)
            except (binascii.Error, ValueError):
                continue
            if picture is not None:
                return picture
        return None

    def _remembered(self, key: bytes, data: bytes, formats: tuple[str, ...]) -> Picture | None:
        picture = self._decoded(data, formats)
        if picture is not None and len(picture.png) <= _LARGEST_KEPT:
            if len(_kept) >= _MOST_KEPT:
                _kept.clear()
            _kept[key] = picture
        return picture

    def _decoded(self, data: bytes, formats: tuple[str, ...]) -> Picture | None:
        from PIL import Image, ImageOps

        if len(data) > MAX_PICTURE_BYTES:
            return None
        try:
            with Image.open(io.BytesIO(data), formats=formats) as picture:
                if picture.width * picture.height > _MAX_JPEG:
                    return None
                cost = picture.width * picture.height // 4  # of reading a JPEG, however small it becomes
                picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))  # JPEG: decode no more than is shown
                if picture.width * picture.height > MAX_PIXELS:
                    return None
                self._left -= max(cost, picture.width * picture.height)
                if self._left < 0:
                    return None
                upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            shown = upright.convert("RGB" if upright.mode in ("RGB", "L", "CMYK", "YCbCr", "1") else "RGBA")
            shown.info.clear()
            result = io.BytesIO()
            shown.save(result, "PNG", compress_level=3)
        except Exception:  # a decoder can raise nearly anything on bytes made to break it
            return None
        return Picture(result.getvalue(), shown.width, shown.height)


_kept: dict[bytes, Picture] = {}  # plots drawn by the release are the same in every submission
