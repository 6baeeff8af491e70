"""Submissions: found, read, and rebuilt on the release. No student code is executed or parsed here."""
