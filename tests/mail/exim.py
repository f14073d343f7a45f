"""Debian's exim as a mail server to send through, on loopback: what it takes lands in a folder, whoever it is for."""

from __future__ import annotations

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

from tests.mail.outgoing import free_port

PROGRAM = shutil.which("exim4") or shutil.which("exim4", path="/usr/sbin")

needs_exim = [
    pytest.mark.mailserver,
    pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="exim begins as root"),
    pytest.mark.skipif(PROGRAM is None and not os.environ.get("CI"), reason="exim is not installed"),
]
"""``pytestmark = needs_exim``. In CI a missing exim is a failure, not a skip."""

USER = "Debian-exim"

_SETTINGS = """
keep_environment =
exim_user = {user}
exim_group = {user}
primary_hostname = localhost
spool_directory = {base}/spool
log_file_path = {base}/logs/%s
tls_advertise_hosts = *
tls_certificate = {base}/cert.pem
tls_privatekey = {base}/key.pem
message_size_limit = {largest}
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny !encrypted = *
       message = encrypt first
  deny local_parts = nobody
       message = no such mailbox
  accept
data:
  accept
begin routers
everybody:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = {base}/mail
  maildir_format
  user = {user}
  group = {user}
"""


@dataclass(frozen=True)
class Exim:
    """A running server: its port for STARTTLS, the authority that signed its certificate, what it took."""

    port: int
    authority: Path
    mail: Path

    def taken(self, count: int) -> list[bytes]:
        """The messages delivered, once there are so many."""
        for _try in range(100):
            found = sorted((self.mail / "new").glob("*"))
            if len(found) >= count:
                return [path.read_bytes() for path in found]
            time.sleep(0.1)
        raise AssertionError((self.mail.parent / "logs" / "main").read_text(encoding="utf-8"))


@contextmanager
def exim(largest: str = "50M") -> Iterator[Exim]:
    """A server whose certificate is for ``localhost``; it knows every mailbox but ``nobody``."""
    assert PROGRAM, "exim is not installed"
    with tempfile.TemporaryDirectory(prefix="exim-") as folder:  # pytest's own are closed to the server's user
        base = Path(folder)
        base.chmod(0o755)
        for name in ("spool", "logs", "mail/new", "mail/cur", "mail/tmp"):
            (base / name).mkdir(parents=True)
        for path in (base / "spool", base / "logs", base / "mail", *(base / "mail").iterdir()):
            shutil.chown(path, USER, USER)
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost")
        authority.cert_pem.write_to_path(str(base / "authority.pem"))
        certificate.private_key_pem.write_to_path(str(base / "key.pem"))
        shutil.chown(base / "key.pem", USER, USER)
        for number, part in enumerate(certificate.cert_chain_pems):
            part.write_to_path(str(base / "cert.pem"), append=number > 0)
        (base / "exim.conf").write_text(_SETTINGS.format(base=base, user=USER, largest=largest), encoding="utf-8")
        port = free_port()
        where = ["-bdf", "-oX", f"127.0.0.1:{port}", "-oP", str(base / "logs" / "pid"), "-C", str(base / "exim.conf")]
        server = subprocess.Popen([PROGRAM, *where])
        try:
            _wait_for(port, server)
            yield Exim(port, base / "authority.pem", base / "mail")
        finally:
            server.terminate()
            server.wait(10)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _try in range(100):
        assert server.poll() is None, "exim does not start"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("exim does not answer")
