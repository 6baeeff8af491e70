"""What an adder layer is trained with (Chen et al., AdderNet, CVPR 2020, section 3.2): hw2, section *AdderNet*."""

import torch
import torch.nn.functional as F


def adder2d_gradients(X, W, dY, stride=1, padding=0):
    """The surrogate gradients dX like X (N, C, H, W) and dW like W (F, C, kh, kw) for the upstream dY (N, F, H', W')."""
    kh, kw = W.shape[2:]
    windows = F.pad(X, (padding,) * 4).unfold(2, kh, stride).unfold(3, kw, stride)  # (N, C, H', W', kh, kw)
    difference = windows[:, None] - W[:, :, None, None]  # (N, F, C, H', W', kh, kw)
    dW = torch.einsum("nfcijab,nfij->fcab", difference, dY)
    patches = torch.einsum("nfcijab,nfij->ncabij", -difference.clamp(-1, 1), dY)
    dX = F.fold(patches.flatten(4).flatten(1, 3), X.shape[2:], (kh, kw), stride=stride, padding=padding)
    return dX, dW
