"""What ``plan.yaml`` may say about mail: addresses and servers.

Never a user or a password: see :mod:`pipeline.mail.login`.
A plan without ``mail`` sends nothing and fetches nothing from a server.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from pipeline.rule_model import RuleModel

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+"
_BARE = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)*")


def _bare(address: str) -> str:
    if not _BARE.fullmatch(address.strip()):
        raise PydanticCustomError("mail_address", "not one bare address")
    return address.strip()


Address = Annotated[str, AfterValidator(_bare)]
"""One bare address, without a name beside it."""


def _host(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.\-:]+", name.strip()):
        raise PydanticCustomError("mail_host", "not the name of a server")
    return name.strip()


class Server(RuleModel):
    """A mail server. ``tls``: encrypted from the first byte; ``starttls``: encrypted before the login.

    ``none`` is for a server on the same machine alone: login and forms would cross the network in the open.
    """

    host: Annotated[str, AfterValidator(_host)]
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"

    @model_validator(mode="after")
    def _encrypted_beyond_this_machine(self) -> Server:
        if self.security == "none" and not _is_here(self.host):
            raise PydanticCustomError("mail_unencrypted", "not encrypted, and not on this machine")
        return self

    def trust(self) -> ssl.SSLContext:
        """Certificates are checked against the system's authorities, and against the host's name."""
        return ssl.create_default_context()


LARGEST_MB = 15


class Mailbox(Server):
    """The IMAP mailbox to which units send their forms."""

    folder: str = "INBOX"


class Mail(RuleModel):
    """``sender``: the office's address; ``reply_to``: where answers go, if elsewhere.

    ``largest_mb``: so many megabytes of attachments go into one letter. 15 become 20 on their way (base64), and most
    servers take 20 to 25.
    """

    sender: Address
    reply_to: Address | None = None
    smtp: Server | None = None
    imap: Mailbox | None = None
    largest_mb: int = Field(default=LARGEST_MB, ge=1, le=100)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
