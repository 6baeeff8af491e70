"""`python -m homework`: the same as the command `homework`."""

from homework.cli import main

main()
