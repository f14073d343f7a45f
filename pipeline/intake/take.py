"""What lies in the inbox: each entry read once, looked through, and asked what it holds.

In: the inbox folder, which is only read. Out: one :class:`ReceivedFile` for everything found below it, with its hash,
and what it holds or the reasons why it holds nothing. Taking a file is independent of all others
(:mod:`pipeline.engines` may spread it), and a file's hash and content come from one read
(:mod:`pipeline.intake.arrival`). No parser sees a workbook before :mod:`pipeline.intake.safety` has looked through it.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType

from pipeline.engines import Loss
from pipeline.findings.catalogue import Code
from pipeline.forms.declared import META_SHEET, TABLES, sheet_titles
from pipeline.forms.legacy_cells import unknown_font
from pipeline.forms.readers import Opener, first, second
from pipeline.intake.arrival import Reason, brief, not_to_be_opened, read, shown
from pipeline.intake.bounded import bounded
from pipeline.intake.checked import Checked
from pipeline.intake.container import Refused
from pipeline.intake.file_types import WORKBOOKS, kind_of, refusal
from pipeline.intake.last_saved import last_saved
from pipeline.intake.marks_xlsx import fonts_of
from pipeline.intake.passwords import opened_without_asking
from pipeline.intake.received import ReceivedFile
from pipeline.intake.returned import Workbook, read_returned
from pipeline.intake.safety import look_through
from pipeline.intake.shown import as_shown
from pipeline.rules.limits import DEFAULT_LIMITS, Limits


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


def take(
    inbox: Path,
    path: Path,
    limits: Limits = DEFAULT_LIMITS,
    place: str = "",
    known: Mapping[str, Loss] = MappingProxyType({}),
) -> ReceivedFile:
    """Read one entry of the inbox, whatever it is. Never raises for what a file is or holds.

    ``place``: what its name begins with where it lies in another folder than the inbox; ``known``: SHA-256 -> why that
    content could not be read in an earlier run; it is not tried again.
    """
    file, content = _begun(inbox, path, limits, place)
    if loss := known.get(file.sha256):
        file.loss = loss
        file.reasons.append((LOST[loss], {}))
    elif content is not None:
        _take_content(file, content, path.suffix.lower(), limits)
    return file


def _begun(inbox: Path, path: Path, limits: Limits, place: str) -> tuple[ReceivedFile, bytes | None]:
    """The name, size and hash of an entry, and its content, or the reason why it has none."""
    name = place + path.relative_to(inbox).as_posix()
    file, content = ReceivedFile(shown(name), path), None
    found: bytes | Reason | None = not_to_be_opened(path)
    if found is None:
        file.size, found = read(path, limits)
    if isinstance(found, bytes):
        content, file.sha256 = found, hashlib.sha256(found).hexdigest()
    else:
        file.reasons.append(found)
    if file.name != name:
        file.reasons.append((Code.ODD_NAME, {}))
    return file, content


LOST = {
    Loss.TIME: Code.READER_TIMEOUT,
    Loss.MEMORY: Code.READER_MEMORY,
    Loss.CRASH: Code.READER_CRASH,
    Loss.LEFT: Code.LEFT_FOR_LATER,
}


_BY_MAIL = re.compile(r"\d{8}-\d{6}_([A-Za-z0-9.-]+)_")
"""How the names begin of what ``thidua fetch`` puts into the inbox: when it came, and from whom."""


def origin(path: Path) -> str:
    """Whose an entry is, as far as its name tells: of one sender, or of all who can write into its folder."""
    mailed = _BY_MAIL.match(path.name)
    return f"{path.parent}/{mailed[1]}" if mailed else str(path.parent)


def lost(inbox: Path, path: Path, loss: Loss, limits: Limits = DEFAULT_LIMITS, place: str = "") -> ReceivedFile:
    """What is known of an entry on which a worker was lost: its name, its content's hash, and why."""
    file, content = _begun(inbox, path, limits, place)
    if content is not None:
        file.loss = loss
        file.reasons.append((LOST[loss], {}))
    return file


def note_alike_names(files: Sequence[ReceivedFile]) -> None:
    """Add a note to every entry whose name looks like that of an earlier one: capitals, or how accents are stored."""
    first_of: dict[str, str] = {}
    for file in files:
        looks = unicodedata.normalize("NFC", file.name).casefold()
        if (other := first_of.setdefault(looks, file.name)) != file.name:
            file.reasons.append((Code.ALIKE_NAMES, {"other": other}))


def _take_content(file: ReceivedFile, content: bytes, suffix: str, limits: Limits) -> None:
    content = opened_without_asking(content)
    file.file_type = kind_of(content, limits)
    if file.file_type not in WORKBOOKS:
        file.reasons.append(refusal(file.file_type, file.name))
        return
    try:
        looked = look_through(content, file.file_type, limits)
    except Refused as refused:
        file.reasons.append(refused.reason)
        return
    if suffix.removeprefix(".") not in WORKBOOKS[file.file_type]:
        file.reasons.append((Code.NAME_LIES, {"suffix": shown(suffix) or "–", "kind": "." + file.file_type}))
    code = _read_by(file, looked.workbook, first, limits)
    if code is Code.BROKEN_FILE and file.file_type == "xlsx":
        again = _read_by(file, looked.workbook, partial(second, rows=limits.rows, columns=limits.columns), limits)
        code = again or Code.SECOND_READER
    file.reasons += [(code, {})] if code else []
    file.reasons += looked.notices if file.content else []
    file.saved = last_saved(content, file.file_type) if file.content else None
    _judge_left_out(file, looked.left_out)


def _judge_left_out(file: ReceivedFile, left_out: Mapping[str, str]) -> None:
    """A sheet that reaches too far for us is the unit's own where the form is there without it; else it may be ours."""
    if not left_out:
        return
    is_theirs = file.form and "results" in file.form.tables and not _our_titles() & left_out.keys()
    if not is_theirs:
        file.content, file.reasons = None, [each for each in file.reasons if each[0] in (Code.ODD_NAME, Code.NAME_LIES)]
        left_out = dict([next(iter(left_out.items()))])
    code = Code.SHEET_LEFT_OUT if is_theirs else Code.HUGE_RANGE
    file.reasons += [(code, {"sheet": brief(sheet), "found": corner}) for sheet, corner in left_out.items()]


def _our_titles() -> set[str]:
    return {META_SHEET, *(title for table in TABLES for title in sheet_titles(table))}


def _read_by(file: ReceivedFile, checked: Checked, opened: Opener, limits: Limits) -> Code | None:
    """Read the content by that reader; why it could not, if so."""
    try:
        opened = as_shown(opened, file.file_type, checked)
        fonts = fonts_of(checked) if file.file_type == "xlsx" else unknown_font
        content = read_returned(Workbook(file.name, checked.content, checked.sheets, opened, fonts))
        file.reasons += bounded(content, limits)
        file.content = content
    except Refused as refused:
        file.reasons.append(refused.reason)
    except BaseException as error:  # calamine raises its own kinds, and its panics are no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        return Code.ENCRYPTED if type(error).__name__ == "PasswordError" else Code.BROKEN_FILE
    return None
