"""Rosters, archives and grade files of learning management systems."""
