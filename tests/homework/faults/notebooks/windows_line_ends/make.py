"""Windows' line ends inside of the sources."""


def make(right, released):
    for one in right["cells"]:
        one["source"] = "".join(one["source"]).replace("\n", "\r\n")
