"""What people do: each command's work, without its command line. Everything else is below this."""
