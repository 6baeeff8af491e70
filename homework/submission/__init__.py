"""What was handed in: found, read, and built anew on the release. Nothing of it is executed or parsed here."""
