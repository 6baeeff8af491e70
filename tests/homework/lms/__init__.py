"""Rosters, archives and grade files."""
