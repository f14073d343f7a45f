"""User and password of a mail server: from the environment, or from a file that nobody else can read.

They are never in ``plan.yaml``, which is shared, nor on the command line, which other users of the machine can see,
and they are never printed.

``THIDUA_SMTP_USER`` and ``THIDUA_SMTP_PASSWORD`` (``IMAP`` likewise) in the environment; else lines ``SMTP_USER=…``
and ``SMTP_PASSWORD=…`` in the file that ``THIDUA_LOGIN_FILE`` names, by default ``~/.config/thidua/dang-nhap.txt``.
"""

from __future__ import annotations

import base64
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import EnvironmentFault
from pipeline.i18n import _

FILE = Path("~/.config/thidua/dang-nhap.txt")


@dataclass(frozen=True)
class Login:
    """User and password; the password stays out of every ``repr``."""

    user: str
    password: str = field(repr=False)

    def hidden_in(self, words: str) -> str:
        """What a server said, without user and password, which some servers repeat as they were told."""
        for secret in sorted(self._spellings(), key=len, reverse=True):
            words = re.sub(re.escape(secret), "***", words, flags=re.IGNORECASE)
        return words

    def _spellings(self) -> set[str]:
        """User and password as they go over the line (quoted, base64), and as Python shows bytes."""
        plain = [self.user, self.password, f"\0{self.user}\0{self.password}"]
        encoded = {base64.b64encode(each.encode()).decode() for each in plain}
        quoted = {each.replace("\\", r"\\").replace('"', r"\"") for each in plain}
        spelled = {*plain, *quoted, *encoded, *(each.rstrip("=") for each in encoded)}
        return {each for each in spelled | {repr(each.encode())[2:-1] for each in spelled} if each}


def login(service: str, environment: Mapping[str, str]) -> Login | None:
    """The login for ``SMTP`` or ``IMAP``, None where there is none.

    Raises EnvironmentFault where the file can be read by others, or holds a user without a password.
    """
    user, password = (environment.get(f"THIDUA_{service}_{part}", "") for part in ("USER", "PASSWORD"))
    source = f"THIDUA_{service}_PASSWORD"
    if not user:
        file = Path(environment.get("THIDUA_LOGIN_FILE", FILE)).expanduser()
        lines = _lines(file)
        user, password = (lines.get(f"{service}_{part}", "") for part in ("USER", "PASSWORD"))
        source = f"{file}: {service}_PASSWORD"
    if user and not password:
        raise EnvironmentFault(
            _("there is a user for {service}, and no password").format(service=service),
            _("Set {source}").format(source=source),
        )
    return Login(user, password) if user else None


def _lines(file: Path) -> dict[str, str]:
    """``KEY=value`` lines; a line that begins with ``#`` is a remark."""
    try:
        with file.open(encoding="utf-8") as opened:
            _refuse_open_to_others(file, os.fstat(opened.fileno()))
            lines = [line.strip().partition("=") for line in opened if not line.lstrip().startswith("#")]
    except FileNotFoundError:
        return {}
    return {key.strip(): value.strip() for key, _equals, value in lines}


def _refuse_open_to_others(file: Path, status: os.stat_result) -> None:
    """On Windows the folder of a user is closed to others by the system, and modes say nothing."""
    if os.name == "posix" and (status.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or status.st_uid not in (os.getuid(), 0)):
        raise EnvironmentFault(
            _("others can read {file}, which holds a password").format(file=file),
            _("Run: chmod 600 {file}").format(file=file),
        )
