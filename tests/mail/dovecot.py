"""Debian's dovecot as a mail server to fetch from, on loopback, as whoever runs the tests."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")

needs_dovecot = [
    pytest.mark.mailserver,
    pytest.mark.skipif(PROGRAM is None and not os.environ.get("CI"), reason="dovecot is not installed"),
]
"""``pytestmark = needs_dovecot``. In CI a missing dovecot is a failure, not a skip."""

USER, PASSWORD = "vanphong", "mật-khẩu-mẫu"

_SETTINGS = """
protocols = imap
listen = 127.0.0.1
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
first_valid_gid = 0
mail_uid = {user}
mail_gid = {group}
mail_location = maildir:{base}/mail
ssl = yes
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
auth_mechanisms = plain
auth_failure_delay = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}/home
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server: ports for STARTTLS and for TLS, the authority that signed its certificate, its mail."""

    starttls: int
    tls: int
    authority: Path
    mail: Path

    def deliver(self, number: int, message: bytes, when: float) -> Path:
        """Put a message into the mailbox as the server's own delivery does, taken in at that time."""
        path = self.mail / "new" / f"{int(when)}.M{number}.test"
        path.write_bytes(message)
        os.utime(path, (when, when))
        return path


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A server whose certificate is for ``localhost``, with an empty mailbox."""
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder:  # pytest's own are closed to the server's users
        yield from _running(Path(folder))


def _running(base: Path) -> Iterator[Dovecot]:
    assert PROGRAM, "dovecot is not installed"
    for name in ("run", "state", "home", "mail/new", "mail/cur", "mail/tmp"):
        (base / name).mkdir(parents=True)
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(str(base / "authority.pem"))
    certificate.private_key_pem.write_to_path(str(base / "key.pem"))
    for number, part in enumerate(certificate.cert_chain_pems):
        part.write_to_path(str(base / "cert.pem"), append=number > 0)
    ports = {"starttls": _free_port(), "tls": _free_port()}
    settings = base / "dovecot.conf"
    user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    login = user
    if os.getuid() == 0:  # it serves nobody as root; the package brings users without rights along
        user = group = "dovecot"
        login = "dovenull"
        base.chmod(0o755)
        for path in (base / "home", *(base / "mail").rglob("*"), base / "mail"):
            shutil.chown(path, user, group)
    known = {"base": base, "user": user, "group": group, "login": login, "password": PASSWORD, **ports}
    settings.write_text(_SETTINGS.format(**known), encoding="utf-8")
    server = subprocess.Popen([PROGRAM, "-F", "-c", str(settings)])
    try:
        _wait_for(ports["tls"], server, base / "log")
        yield Dovecot(**ports, authority=base / "authority.pem", mail=base / "mail")
    finally:
        server.terminate()
        server.wait(10)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _try in range(100):
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text(encoding="utf-8") if log.exists() else "dovecot does not start")
