"""LibreOffice as an independent judge: it recalculates our formulas, and saves our files its own way."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


def program() -> str | None:
    """The path of LibreOffice, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


needs_libreoffice = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(program() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"),
]
"""``pytestmark = needs_libreoffice``; or ``@needs(...)``. In CI a missing LibreOffice is a failure, not a skip."""


@cache
def _profile() -> Path:
    """A user profile of this process alone (two LibreOffices cannot share one) that always recalculates."""
    folder = Path(tempfile.mkdtemp(prefix="lo-profile-"))
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    return folder


def convert(files: Path | list[Path], to: str, outdir: Path) -> list[Path]:
    """Open files in LibreOffice, recalculate them and save them as ``xlsx``, ``xls``, ``ods`` or ``pdf``.

    Many files in one call cost little more than one. The results bear the names of the sources.
    """
    sources = [files] if isinstance(files, Path) else files
    outdir.mkdir(parents=True, exist_ok=True)
    filters = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97", "ods": "ods:calc8"}
    command = [
        program() or "soffice",
        f"-env:UserInstallation={_profile().as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        filters.get(to, to),
        "--outdir",
        str(outdir),
        *map(str, sources),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    results = [outdir / f"{source.stem}.{to}" for source in sources]
    missing = [result.name for result in results if not result.exists()]
    assert not missing, f"LibreOffice did not write {missing}: {done.stdout}{done.stderr}"
    return results


def recalculated(file: Path, outdir: Path) -> dict[str, list[list[Any]]]:
    """Sheet name -> rows of values, starting at A1, after LibreOffice has computed every formula anew."""
    from python_calamine import CalamineWorkbook

    (saved,) = convert(file, "xlsx", outdir)
    book = CalamineWorkbook.from_path(saved)
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
