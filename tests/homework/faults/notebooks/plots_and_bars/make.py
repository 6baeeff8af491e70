from tests.homework.faults.recipe import above, own


def make(right, released):
    above(
        right,
        "warmup",
        own("plt.plot([1, 2, 3])\nplt.show()"),
        own("from tqdm.auto import tqdm\nfor _ in tqdm(range(100)):\n    pass"),
        own("import ipywidgets as widgets\nwidgets.IntSlider()"),
        own("for i in range(1000):\n    print(i, end='\\r')"),
    )
