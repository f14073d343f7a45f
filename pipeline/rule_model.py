"""What all rule files share: codes and names, the base class of their parts, and faults in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from pipeline.i18n import _

_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)\d)(\..*)?", re.I)


def _not_a_device(code: str) -> str:
    if _DEVICE.fullmatch(code):
        raise PydanticCustomError("code_device", "the name of a device on Windows")
    return code


ItemCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.\-]{0,29}[A-Za-z0-9])?$"),
    AfterValidator(_not_a_device),
]
"""What names a thing in files and paths: ASCII letters and digits, with dots and hyphens in between; nothing like
``con`` or ``aux``, which no file on Windows can be called."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

KeyPath = tuple[str | int, ...]
"""Where something stands in a rule file: keys, and numbers (from 0) in lists, from the top down."""


SPREADSHEET_DIGITS = 15
MOST_DIGITS = 12
"""Before the decimal point, enough for a province's budget in đồng, and behind it."""


def _check_number(value: Decimal) -> None:
    if value.adjusted() >= MOST_DIGITS:
        raise PydanticCustomError("number_large", "beyond what a spreadsheet can add up", {"most": MOST_DIGITS})
    if len(value.as_tuple().digits) > SPREADSHEET_DIGITS or value.as_tuple().exponent < -MOST_DIGITS:  # type: ignore[operator]
        raise PydanticCustomError("number_long", "more digits than a spreadsheet keeps", {"most": SPREADSHEET_DIGITS})


class RuleModel(BaseModel):
    """Base of what rule files hold: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @field_validator("*")
    @classmethod
    def _fit_for_a_spreadsheet(cls, value: Any) -> Any:
        """Spreadsheets keep 15 digits of a number, and sums and roundings here do no more."""
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Decimal) and each != 0:
                _check_number(each)
        return value


@dataclass(frozen=True)
class Fault:
    """Something wrong in a rule file: where below the checked object, what, and what would be right."""

    path: KeyPath
    what: str
    remedy: str


def one_of(names: Iterable[str], otherwise: str) -> str:
    """The remedy that lists what is possible; ``otherwise`` where nothing is."""
    listed = ", ".join(names)
    return _("use one of: {expected}").format(expected=listed) if listed else otherwise


def repeated(entries: tuple[object, ...], below: KeyPath) -> Iterator[Fault]:
    """Entries whose ``code`` stands already further up, without regard to case (file names ignore it)."""
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        code = str(entry.code)  # type: ignore[attr-defined]
        if code.casefold() in seen:
            yield Fault(
                (*below, place, "code"), _("code {code} is used twice").format(code=code), _("give each its own code")
            )
        seen.add(code.casefold())
