"""Passwords: from the environment or from a closed file, and nowhere to be seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.errors import EnvironmentFault
from pipeline.mail.login import Login, login
from pipeline.rules.mail import Mail, Server


def written(path: Path, mode: int = 0o600) -> dict[str, str]:
    path.write_text("# của Văn phòng\nSMTP_USER = a@xa.example\nSMTP_PASSWORD=x=y \nIMAP_USER=b\n", encoding="utf-8")
    path.chmod(mode)
    return {"THIDUA_LOGIN_FILE": str(path)}


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    environment = written(tmp_path / "login.txt")
    assert login("SMTP", environment) == Login("a@xa.example", "x=y")
    environment |= {"THIDUA_SMTP_USER": "c", "THIDUA_SMTP_PASSWORD": "z"}
    assert login("SMTP", environment) == Login("c", "z")


def test_without_a_user_there_is_no_login(tmp_path: Path) -> None:
    assert login("SMTP", {"THIDUA_LOGIN_FILE": str(tmp_path / "none")}) is None
    assert login("SMTP", {"THIDUA_LOGIN_FILE": str(tmp_path / "none"), "THIDUA_SMTP_PASSWORD": "z"}) is None


def test_a_user_without_a_password_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as raised:
        login("IMAP", written(tmp_path / "login.txt"))
    assert "IMAP_PASSWORD" in raised.value.remedy


@pytest.mark.skipif(os.name != "posix", reason="modes are a thing of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a_file_that_others_can_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(EnvironmentFault) as raised:
        login("SMTP", written(tmp_path / "login.txt", mode))
    assert raised.value.remedy == f"Chạy lệnh: chmod 600 {tmp_path / 'login.txt'}"


def test_a_password_is_in_no_representation() -> None:
    assert "hidden" not in f"{Login('a', 'hidden')!r} {Login('a', 'hidden')}"


@pytest.mark.parametrize(
    ("host", "right"), [("localhost", True), ("127.0.0.1", True), ("::1", True), ("mail.xa.example", False)]
)
def test_a_server_without_encryption_is_one_on_this_machine(host: str, right: bool) -> None:
    if right:
        assert Server(host=host, security="none").security == "none"
    else:
        with pytest.raises(ValidationError, match="not on this machine"):
            Server(host=host, security="none")


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b c", "A <a@b.vn>", "a@b.vn, c@d.vn", "a@b.vn\nBcc: c@d.vn", "a@b.vn;c@d.vn", "a..b@c.vn", "a@b..vn"],
)
def test_an_address_is_one_bare_address(address: str) -> None:
    with pytest.raises(ValidationError):
        Mail(sender=address)
