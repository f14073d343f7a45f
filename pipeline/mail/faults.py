"""What can be wrong with a mail server, whether letters come from it or go to it.

In: the server's settings, the exception. Out: an EnvironmentFault to raise.
"""

from __future__ import annotations

import ssl

from pipeline.errors import EnvironmentFault
from pipeline.i18n import _
from pipeline.rules.mail import Server


def untrusted(server: Server, error: ssl.SSLCertVerificationError) -> EnvironmentFault:
    """Its certificate is issued by an unknown authority, or for another name."""
    return EnvironmentFault(
        _("the certificate of {host} cannot be trusted: {detail}").format(
            host=server.host, detail=error.verify_message
        ),
        _("Check the name of the server; do not go on if it is right, and ask whoever looks after the mail."),
    )


def login_refused(server: Server) -> EnvironmentFault:
    """User or password are wrong; neither is shown."""
    return EnvironmentFault(
        _("the mail server {host} refused the login").format(host=server.host),
        _("Check user and password; some services ask for a password of its own for programs."),
    )


def unusable(server: Server, detail: str, remedy: str) -> EnvironmentFault:
    """It does not answer, or not as it should; ``detail`` and ``remedy`` are for a person."""
    return EnvironmentFault(
        _("the mail server {host} cannot be used: {detail}").format(host=server.host, detail=detail), remedy
    )
