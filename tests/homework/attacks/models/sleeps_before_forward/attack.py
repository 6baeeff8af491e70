def make(source, weights, pack):
    """load_state_dict never returns."""
    code = """

_Honest = CompressedCNN


class CompressedCNN(_Honest):
    def load_state_dict(self, *args, **kwargs):
        import time

        time.sleep(3600)
"""
    return source + code, pack(weights)
