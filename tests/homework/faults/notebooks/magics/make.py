from tests.homework.faults.recipe import above, own, source, write


def make(right, released):
    above(
        right,
        "cross_corr_2d_text",
        own("%matplotlib widget"),
        own("%timeit sum(range(3))"),
        own("!pip install torch"),
        own("%load_ext autoreload\n%autoreload 2"),
        own("%%bash\nls"),
        own("%%writefile helper.py\nTWO = 2"),
        own("%nonsense 1"),
        own("?torch.nn.Conv2d"),
    )
    write(right, "cross_corr_2d", "%%time\nfrom helper import TWO\n" + source(right, "cross_corr_2d"))
