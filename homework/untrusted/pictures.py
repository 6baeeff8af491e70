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
MAX_PICTURE_BYTES = 8 << 20
MAX_PICTURES = 12  # of one cell
MAX_DECODED = 150_000_000  # pixels of all pictures of a notebook: a few seconds
_LONGEST_SIDE = 2000
_MOST_KEPT, _LARGEST_KEPT = 64, 256 << 10
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}


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

    def reencoded(self, data: bytes, form: str = "PNG") -> Picture | None:
        """A picture of format `form` as PNG, scaled down if needed; None if it is not one or exceeds the limits."""
        key = hashlib.sha256(form.encode() + data).digest()
        if key not in self._made:
            self._made[key] = _kept.get(key) or self._remembered(key, data, form)
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
        if not isinstance(bundle, dict):
            return None
        for kind, form in _FORMATS.items():
            encoded = bundle.get(kind)
            if isinstance(encoded, list) and all(isinstance(line, str) for line in encoded):
                encoded = "".join(encoded)
            if isinstance(encoded, str) and len(encoded) <= 2 * MAX_PICTURE_BYTES:
                try:
                    return self.reencoded(base64.b64decode(encoded), form)
                except (binascii.Error, ValueError):
                    return None
        return None

    def _remembered(self, key: bytes, data: bytes, form: str) -> Picture | None:
        picture = self._decoded(data, form)
        if picture is not None and len(picture.png) <= _LARGEST_KEPT:
            if len(_kept) >= _MOST_KEPT:
                _kept.clear()
            _kept[key] = picture
        return picture

    def _decoded(self, data: bytes, form: str) -> Picture | None:
        from PIL import Image, ImageOps

        if len(data) > MAX_PICTURE_BYTES:
            return None
        try:
            with Image.open(io.BytesIO(data), formats=[form]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    return None
                picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))  # JPEG: decode no more than is shown
                self._left -= picture.width * picture.height
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
