"""await at the top of a cell, and an async function that is not the answer."""

from tests.homework.faults.recipe import above, own


def make(right, released):
    above(
        right,
        "warmup",
        own("import asyncio\nawait asyncio.sleep(0)\nasync def later():\n    return 1\nawait later()"),
    )
