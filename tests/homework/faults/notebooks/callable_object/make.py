from tests.homework.faults.recipe import write

CODE = """class CrossCorrelation(torch.nn.Module):
    def forward(self, X, K):
        return torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0]

cross_corr_2d = CrossCorrelation()
"""


def make(right, released):
    write(right, "cross_corr_2d", CODE)
