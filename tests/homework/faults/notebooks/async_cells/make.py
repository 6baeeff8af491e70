from tests.homework.faults.recipe import above, own


def make(right, released):
    above(
        right,
        "cross_corr_2d_text",
        own("import asyncio\nawait asyncio.sleep(0)\nasync def later():\n    return 1\nawait later()"),
    )
