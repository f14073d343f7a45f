"""A workbook that is encrypted and yet opens without asking, for its password is the one that Excel tries by itself.

In: the bytes of a file. Out: the workbook in it, or the same bytes. Excel writes such files for "read-only recommended"
and for a protected structure; whoever opens one never learns that it has a password.
"""

from __future__ import annotations

import io
import re
from typing import Any

from pipeline.intake import ole
from pipeline.intake.container import Refused
from pipeline.intake.xls_areas import has_password, workbook_stream

_STANDING = "VelvetSweatshop"
_LONGEST_INFO = 100_000
"""Bytes in which a file says how it is encrypted; a real one needs two thousand."""
_MOST_ROUNDS = 1_000_000
"""How often a password may have to be hashed; Office says 100,000, which takes a tenth of a second."""


def opened_without_asking(content: bytes) -> bytes:
    """The workbook that Excel's own password opens; else the content as it is. Raises nothing for what a file holds."""
    if not content.startswith(ole.SIGNATURE) or not _is_encrypted(content):
        return content
    opened = io.BytesIO()
    try:
        file = _office_file(content)
        file.load_key(password=_STANDING, verify_password=True)
        file.decrypt(opened)
    except MemoryError:
        raise
    except Exception:  # it has a password of its own, or is broken, or encrypted as nothing known does
        return content
    return opened.getvalue()


def _is_encrypted(content: bytes) -> bool:
    if "encryptedpackage" in ole.names(content):
        info = ole.stream(content, "EncryptionInfo") if "encryptioninfo" in ole.names(content) else b""
        rounds = [int(each) for each in re.findall(rb'spinCount="(\d{1,20})"', info[:_LONGEST_INFO])]
        return 0 < len(info) < _LONGEST_INFO and b"<!" not in info and max(rounds, default=0) <= _MOST_ROUNDS
    try:
        return has_password(workbook_stream(content))
    except Refused:
        return False


def _office_file(content: bytes) -> Any:
    from msoffcrypto import OfficeFile

    return OfficeFile(io.BytesIO(content))
