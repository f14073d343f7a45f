"""``python -m pipeline`` and ``thidua``: the language is chosen, then the command runs to its end."""

from __future__ import annotations

import os
import re
import sys

from pipeline.i18n import DEFAULT_LANGUAGE, LANGUAGES, use_language


def main() -> None:
    """Help is put into words where a command is declared, so the language is known before the commands are imported."""
    use_language(asked(sys.argv[1:]) or asked(["--lang", os.environ.get("THIDUA_LANG", "")]) or DEFAULT_LANGUAGE)
    from pipeline.cli import cli
    from pipeline.cli.failures import run_to_end

    run_to_end(cli)


def asked(arguments: list[str]) -> str | None:
    """The language that ``--lang`` names in these arguments, if it is one of ours; click tells if it is none."""
    named = re.search(r"(?:^|\0)--lang[=\0]([^\0]*)", "\0".join(arguments))
    return named[1] if named and named[1] in LANGUAGES else None


if __name__ == "__main__":
    main()
