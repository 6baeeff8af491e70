"""What a linear layer costs after weight pruning: hw2, section *Pruning*."""


def pruned_linear_cost(in_features, out_features, sparsity):
    """MACs and parameters of a linear layer without the share `sparsity` of its weights; no bias is pruned."""
    kept = round(in_features * out_features * (1 - sparsity))
    return {"macs": kept, "parameters": kept + out_features}
