from tests.homework.faults.recipe import above, own


def make(right, released):
    above(
        right,
        "cross_corr_2d_text",
        own("import pandas as pd\ndata = open(r'C:\\Users\\ada\\data.csv').read()"),
        own("import os\nos.chdir('/home/ada/hw1')"),
    )
