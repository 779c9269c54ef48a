"""`python -m hairtint` is the `hairtint` command."""

from hairtint.cli import main

main()
