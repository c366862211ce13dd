"""`python -m streams.cli`: the console script where there is none on the path."""

from streams.cli import main

main()
