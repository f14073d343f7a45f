"""The page ``trang/index.html`` and its public version ``trang/cong-khai.html``.

In: an :class:`~pipeline.outcome.Outcome`. Out: two files of one piece each, which open from a USB stick: no outside
address, nothing to load, and nothing that needs a script to be read; the script sorts and filters. ``index.html`` is
for the office and the council: everything that was found out, with findings and names. ``cong-khai.html`` is for the
commune's site and the notice board: ranks, classes and points of groups, and nothing about persons or files.

Promises. Whatever a unit typed is escaped and stays text; a policy in the page forbids every other script and every
request. The same outcome gives the same bytes. Up to :data:`~pipeline.outputs.page.facts.WRITTEN_OUT` points every
criterion is named where its points stand; in a larger year once for each bloc, so that 500 units stay below 2 MB.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path

import jinja2

from pipeline.i18n import _, current_language, moment
from pipeline.outcome import Outcome
from pipeline.outputs.page import facts
from pipeline.ranking.firmness import SPREAD
from pipeline.text import plain

TEMPLATES = Path(__file__).parent / "templates"


def write(outcome: Outcome, folder: Path, code: str = "") -> None:
    """Write both pages of an outcome into ``folder``, which is made; ``code`` is that of the result. Raises OSError."""
    whole, public = facts.pages(outcome, code)
    _write(folder, "index.html", whole)
    _write(folder, "cong-khai.html", public)


def write_public(outcome: Outcome, folder: Path, code: str = "") -> None:
    """Write the public page alone, in the same way."""
    _whole, public = facts.pages(outcome, code)
    _write(folder, "cong-khai.html", public)


def _write(folder: Path, name: str, page: facts.Whole | facts.Public) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pieces = _environment().get_template(name).generate(page=page, language=current_language())
    # A file name that is no Unicode is shown with its bytes spelt out, as in the register.
    with (folder / name).open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.writelines(pieces)


@functools.cache
def _environment() -> jinja2.Environment:
    """Templates that escape everything and refuse a name that they were not given."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=_, own=_own, sha256=_sha256, spread=SPREAD)
    environment.filters.update(moment=moment, plain=_plain)
    return environment


def _plain(text: str) -> str:
    """As :func:`~pipeline.text.plain`, which most texts need not go through."""
    return text if text.isprintable() else plain(text)


@functools.cache
def _own(name: str) -> str:
    """The text of one of our style sheets or scripts, to be put into the page."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _sha256(text: str) -> str:
    """As a content security policy names the one inline style or script that it allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
