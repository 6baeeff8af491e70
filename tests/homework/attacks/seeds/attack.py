import random

import numpy as np
import torch


def cross_corr_2d(X, K):
    return X.new_zeros(1)


print(random.getstate()[1][:5], np.random.get_state()[1][:5], torch.initial_seed(), torch.default_generator.get_state()[:16])
