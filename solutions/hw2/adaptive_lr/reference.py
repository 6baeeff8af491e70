"""AdderNet's adaptive learning rate (Chen et al., CVPR 2020, section 3.3): hw2, section *AdderNet*."""

import numpy as np


def adaptive_lr(grad, eta):
    """The step eta sqrt(k) grad / ||grad|| of a layer with k weights, for a gradient of any shape."""
    return eta * np.sqrt(grad.size) * grad / max(np.linalg.norm(grad), 1e-12)
