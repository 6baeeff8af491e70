"""Which learning rate gave which curve: hw1, warm-up (e). The figure is drawn from these letters."""

learning_rate_labels = {"A": "high", "B": "low", "C": "very high", "D": "optimal"}
