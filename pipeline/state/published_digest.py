"""The digest of a result: one code that stands for all that is public of it and for all that is not.

    code ─┬─ public: what the round is, and every row of every table of the public set
          └─ hidden: each unit ─── its form's SHA-256, and how each of its points came about

In: the rows of tables as texts. Out: the code, and each unit's proof. Whoever has the public set, which names the hash
of the hidden half, can compute the code from it; whoever has a unit's proof can compute it from that unit's points.

Points have few values, so that a bare hash of one could be guessed. Before each hidden entry stands a salt made from
the SHA-256 of the unit's own form, which is not published: only who has that form, or the proof, can try values. The
salt needs no chance, so the same inputs give the same code (promise 5).

What it does not show: that what was entered is true, or that the hidden half holds each unit once. Who makes the result
makes the code too; it binds them from the moment at which it is announced.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.state import digest_tree

Row = Mapping[str, str]

SHOWN_DIGITS = 16
"""So many digits of the code are printed where people read it; fewer say too little to compare with."""


class Proof(BaseModel):
    """What a unit needs to show its own points to somebody who knows the code; it holds nothing of other units.

    ``of``: plan, year, round, bloc and unit; ``form``: the SHA-256 of the form that counted; ``salt``: what the salts
    are made from; ``beside``: the hashes beside the way up, each with its side; ``public``: that of the public half.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Literal["thidua-proof"] = "thidua-proof"
    of: dict[str, str]
    form: str
    salt: str
    points: list[dict[str, str]] = Field(max_length=10_000)
    beside: list[tuple[Literal["left", "right"], str]] = Field(max_length=64)
    public: str = Field(pattern="^[0-9a-f]{64}$")

    def code(self) -> str:
        """The code to which the proof leads. Raises ValueError where a hash in it is none."""
        beside = [(side == "right", bytes.fromhex(other)) for side, other in self.beside]
        hidden = digest_tree.follow(_unit_root(self.of, self.form, bytes.fromhex(self.salt), self.points), beside)
        return digest_tree.node(bytes.fromhex(self.public), hidden).hex()


@dataclass(frozen=True)
class Digest:
    """``code``: of the whole; ``hidden``: the hash of the half that is not published; ``proofs``: unit -> its proof."""

    code: str
    hidden: str
    proofs: Mapping[str, Proof] = field(default_factory=dict)


def digest(facts: Mapping[str, Any], tables: Mapping[str, Sequence[Row]], units: Sequence[Proof]) -> Digest:
    """The digest of a result: ``facts`` of the round, the public tables, and of each unit a proof that is to be
    completed with its way up."""
    public = public_root(facts, tables)
    tree = digest_tree.levels(_unit_root(each.of, each.form, bytes.fromhex(each.salt), each.points) for each in units)
    hidden = tree[-1][0] if units else digest_tree.root([])
    proofs = {
        each.of["unit"]: each.model_copy(update={"beside": _sides(digest_tree.path(tree, at)), "public": public.hex()})
        for at, each in enumerate(units)
    }
    return Digest(digest_tree.node(public, hidden).hex(), hidden.hex(), proofs)


def unproved(of: dict[str, str], form: str, points: Iterable[Row]) -> Proof:
    """What a proof says, without the way up."""
    salt = hmac.new(form.encode(), b"thidua-salt" + _entry(of), hashlib.sha256).hexdigest()
    return Proof(of=of, form=form, salt=salt, points=[dict(row) for row in points], beside=[], public="0" * 64)


def public_root(facts: Mapping[str, Any], tables: Mapping[str, Sequence[Row]]) -> bytes:
    """The hash of the public half."""
    rows = [[name, row] for name in sorted(tables) for row in tables[name]]
    return digest_tree.root(_entry(each) for each in [["facts", facts, sorted(tables)], *rows])


def code_of_public(facts: Mapping[str, Any], tables: Mapping[str, Sequence[Row]], hidden: str) -> str:
    """The code to which a public set leads. Raises ValueError where ``hidden`` is no hash."""
    return digest_tree.node(public_root(facts, tables), bytes.fromhex(hidden)).hex()


def shown(code: str) -> str:
    """The code in short, for people: ``1a2b-3c4d-5e6f-7081``."""
    digits = code[:SHOWN_DIGITS]
    return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _unit_root(of: Mapping[str, str], form: str, salt: bytes, points: Iterable[Row]) -> bytes:
    entries = [_entry({"of": of, "form": form}), *(_entry(row) for row in points)]
    return digest_tree.root(
        hmac.new(salt, str(at).encode(), hashlib.sha256).digest() + entry for at, entry in enumerate(entries)
    )


def _entry(value: Any) -> bytes:
    """A value as bytes that are the same wherever it is read back, also from a Mac."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=dict)
    return unicodedata.normalize("NFC", text).encode(errors="backslashreplace")


def _sides(beside: digest_tree.Path) -> list[tuple[str, str]]:
    return [("right" if is_right else "left", other.hex()) for is_right, other in beside]
