"""The work of each command, without its command line. Everything else in the package is below this."""
