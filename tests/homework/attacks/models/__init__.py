"""Attacks of networks that are handed in with their weights: one folder for each, see `../model_bank.py`."""
