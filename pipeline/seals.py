"""A seal shows which forms and papers this office issued, and that nobody changed for whom.

In: the facts of a workbook's hidden sheet, and the office's key. Out: a seal, HMAC-SHA-256 over all facts (RFC 2104),
and what it proves when the workbook comes back. A seal gives no authority, for a sealed form can be passed on; it shows
that a fact was edited, or that somebody else's program made the workbook. The key lies beside the ledger
(:mod:`pipeline.state.seal_keys`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

SEAL = "seal"
"""The key of the hidden sheet under which the seal stands."""


class Verdict(StrEnum):
    """What a seal proves. ``ours``: we issued it so; ``broken``: a fact was changed since; ``foreign``: another key
    made it (another office's, or ours before it was lost); ``none``: there is no seal."""

    OURS = "ours"
    BROKEN = "broken"
    FOREIGN = "foreign"
    NONE = "none"


@dataclass(frozen=True)
class SealKey:
    """The office's key; without secret nothing is sealed."""

    secret: bytes = b""

    @property
    def name(self) -> str:
        """What tells this key from others and gives nothing of it away; "" without secret."""
        return hashlib.sha256(b"thidua key name\0" + self.secret).hexdigest()[:8] if self.secret else ""

    def seal(self, facts: Mapping[str, str]) -> str:
        """The seal of these facts: the key's name and 128 bits; "" without secret."""
        if not self.secret:
            return ""
        sealed = {key: value for key, value in facts.items() if key != SEAL and value}
        text = json.dumps(sealed, ensure_ascii=False, sort_keys=True)
        return f"{self.name}-{hmac.new(self.secret, text.encode(errors='surrogatepass'), 'sha256').hexdigest()[:32]}"

    def verdict(self, facts: Mapping[str, str]) -> Verdict:
        """What the seal among the facts proves."""
        seal = facts.get(SEAL, "")
        if not seal:
            return Verdict.NONE
        if not self.secret or seal.partition("-")[0] != self.name:
            return Verdict.FOREIGN
        fits = hmac.compare_digest(seal.encode(errors="surrogatepass"), self.seal(facts).encode())
        return Verdict.OURS if fits else Verdict.BROKEN


NO_KEY = SealKey()
