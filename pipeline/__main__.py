"""``python -m pipeline`` is the ``thidua`` command."""

from pipeline.cli import main

main()
