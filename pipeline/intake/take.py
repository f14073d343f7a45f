"""What lies in the inbox: what is this file, may we open it, and what form does it hold.

In: the inbox folder, which is only read. Out: one :class:`Taken` for everything found below it, with its hash,
and the raw form or the findings that say why there is none. Taking a file is independent of all others
(:mod:`pipeline.engines` may spread it), and a file's hash and content come from one read
(:mod:`pipeline.intake.arrival`). No parser sees a workbook before :mod:`pipeline.intake.safety` has looked through it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.engines import Loss
from pipeline.findings.catalogue import Code
from pipeline.forms.papers import PAPERS, RawPaper, lost_paper, read_paper
from pipeline.forms.readers import Opener, first, second
from pipeline.forms.reading import RawForm, read_form
from pipeline.i18n import _
from pipeline.intake.arrival import Reason, not_to_be_opened, read, shown
from pipeline.intake.container import Refused
from pipeline.intake.file_types import WORKBOOKS, kind_of, refusal
from pipeline.intake.safety import look_through
from pipeline.rules.limits import DEFAULT_LIMITS, Limits

RECEIPT_BOOK = "so-tiep-nhan.xlsx"


@dataclass
class Taken:
    """One entry of the inbox. ``name``: its path below the inbox, with ``/``, as it can be shown; ``path``: where it
    is. ``kind``: what its content is."""

    name: str
    path: Path = Path()
    size: int = 0
    sha256: str = ""
    kind: str = ""
    reasons: list[Reason] = field(default_factory=list)
    form: RawForm | None = None
    paper: RawPaper | None = None
    is_receipt_book: bool = False
    receipt_rows: list[list[Any]] = field(default_factory=list)


def find(inbox: Path) -> list[Path]:
    """Everything below the inbox that is to be registered, in a fixed order; links are not followed.

    Plain folders are walked, not registered; one whose name looks like a workbook's is both.
    """
    found, folders = [], [inbox]
    while folders:
        try:
            inside = list(folders.pop().iterdir())
        except OSError:  # registered itself, with what is wrong with it
            continue
        for path in inside:
            if _is_folder(path):
                folders.append(path)
                if path.suffix.lower() in _LIKE_A_FORM or not _can_be_listed(path):
                    found.append(path)
            else:
                found.append(path)
    return sorted(found)


_LIKE_A_FORM = {".xlsx", ".xls", ".ods", ".xlsm"}


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _can_be_listed(folder: Path) -> bool:
    try:
        with os.scandir(folder):
            return True
    except OSError:
        return False


def take(inbox: Path, path: Path, limits: Limits = DEFAULT_LIMITS) -> Taken:
    """Read one entry of the inbox, whatever it is. Never raises for what a file is or holds."""
    taken, content = _begun(inbox, path, limits)
    if content is not None:
        taken.is_receipt_book = taken.name.casefold() == RECEIPT_BOOK
        _take_content(taken, content, path.suffix.lower(), limits)
    return taken


def _begun(inbox: Path, path: Path, limits: Limits) -> tuple[Taken, bytes | None]:
    """The name, size and hash of an entry, and its content, or the reason why it has none."""
    name = path.relative_to(inbox).as_posix()
    taken, content = Taken(shown(name), path), None
    found: bytes | Reason | None = not_to_be_opened(path)
    if found is None:
        taken.size, found = read(path, limits)
    if isinstance(found, bytes):
        content, taken.sha256 = found, hashlib.sha256(found).hexdigest()
    else:
        taken.reasons.append(found)
    if taken.name != name:
        taken.reasons.append((Code.ODD_NAME, {}))
    return taken, content


_LOST = {Loss.TIME: Code.READER_TIMEOUT, Loss.MEMORY: Code.READER_MEMORY, Loss.CRASH: Code.READER_CRASH}


def lost(inbox: Path, path: Path, loss: Loss, limits: Limits = DEFAULT_LIMITS) -> Taken:
    """What is known of an entry on which a worker was lost: its name, its content's hash, and why."""
    taken, content = _begun(inbox, path, limits)
    if content is not None:
        taken.reasons.append((_LOST[loss], {}))
    return taken


def tell_alike(taken: Sequence[Taken]) -> None:
    """Add a note to every entry whose name looks like that of an earlier one: capitals, or how accents are stored."""
    first_of: dict[str, str] = {}
    for each in taken:
        looks = unicodedata.normalize("NFC", each.name).casefold()
        if (other := first_of.setdefault(looks, each.name)) != each.name:
            each.reasons.append((Code.ALIKE_NAMES, {"other": other}))


def _take_content(taken: Taken, content: bytes, suffix: str, limits: Limits) -> None:
    taken.kind = kind_of(content, limits)
    if taken.kind not in WORKBOOKS:
        taken.reasons.append(refusal(taken.kind))
        return
    try:
        notices = look_through(content, taken.kind, limits)
    except Refused as refused:
        taken.reasons.append(refused.reason)
        return
    if suffix.removeprefix(".") not in WORKBOOKS[taken.kind]:
        taken.reasons.append((Code.NAME_LIES, {"suffix": shown(suffix) or "–", "kind": "." + taken.kind}))
    code = _refused(taken, content, first)
    if code is Code.BROKEN_FILE and taken.kind == "xlsx":
        again = _refused(taken, content, partial(second, rows=limits.rows, columns=limits.columns))
        code = again or Code.SECOND_READER
    taken.reasons += [(code, {})] if code else []
    taken.reasons += notices if taken.form or taken.paper or taken.receipt_rows else []


def _refused(taken: Taken, content: bytes, opened: Opener) -> Code | None:
    """Read the content by that reader; why it could not, if so."""
    try:
        if taken.is_receipt_book:
            book = opened(content)
            taken.receipt_rows = book.rows(book.sheet_names[0])
        elif paper := read_paper(content, taken.kind, opened):
            taken.paper = paper
        else:
            taken.form = read_form(content, opened)
            _tell_lost_paper(taken, content, opened)
    except BaseException as error:  # calamine raises its own kinds, and its panics are no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        return Code.ENCRYPTED if type(error).__name__ == "PasswordError" else Code.BROKEN_FILE
    return None


def _tell_lost_paper(taken: Taken, content: bytes, opened: Opener) -> None:
    """A paper copied into a new workbook carries no hidden sheet, and would else be taken for a form."""
    if taken.form and not taken.form.meta and (kind := lost_paper(content, opened)):
        taken.form, declared = None, PAPERS[kind]
        taken.reasons.append((Code.PAPER_META_LOST, {"paper": _(declared.label), "folder": declared.folder}))


# --- what a file is, by its first bytes -------------------------------------------------------------
