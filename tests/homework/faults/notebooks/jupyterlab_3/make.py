def make(right, released):
    right["nbformat_minor"] = 4
    for one in right["cells"]:
        del one["id"]
        one["metadata"] |= {
            "trusted": True,
            "collapsed": True,
            "jupyter": {"source_hidden": True, "outputs_hidden": True},
        }
