from tests.homework.faults.recipe import above, own


def make(right, released):
    right["metadata"] = {
        "colab": {"provenance": [], "gpuType": "T4"},
        "accelerator": "GPU",
        "kernelspec": {"name": "python3"},
    }
    for number, one in enumerate(right["cells"]):
        one["metadata"] = {
            **one["metadata"],
            "id": f"Zk{number}",
            "colab": {"base_uri": "https://localhost:8080/"},
            "outputId": "x",
        }
        del one["id"]
    above(right, "intro", own("[Open in Colab](https://colab.research.google.com/x)", "markdown"))
    above(
        right,
        "environment",
        own("from google.colab import drive\ndrive.mount('/content/drive')\n%cd /content/drive/MyDrive/hw1"),
    )
