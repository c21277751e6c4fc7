"""`python -m mxsync`."""

from mxsync.cli import main

main()
