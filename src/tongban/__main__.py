"""`python -m tongban`."""

from tongban.cli import main

main()
