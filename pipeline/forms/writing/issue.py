"""Handing out the forms of a round: one workbook for each unit, in a folder for each bloc."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import UserFault
from pipeline.forms.writing.workbook import form_facts, write_form
from pipeline.i18n import _
from pipeline.rules.plan import Round
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.seals import NO_KEY, SealKey


def write_forms(folder: Path, rules: Rules, of: Round, units: Sequence[str] = (), key: SealKey = NO_KEY) -> list[Path]:
    """Write ``folder/<bloc>/<unit>.xlsx`` for ``units`` (all of the plan, if none is named), replacing older ones; each
    is sealed with the key.

    Raises UserFault for a unit that the plan does not have, before anything is written.
    """
    unknown = [code for code in units if code not in rules.units]
    if unknown:
        raise UserFault(
            _("no unit of the plan has the code “{unit}”").format(unit=", ".join(unknown)),
            _("Use one of: {codes}").format(codes=", ".join(rules.units)),
        )
    written, context = [], RoundContext(rules, of)
    for code in units or rules.units:
        bloc, _unit = rules.units[code]
        path = folder / bloc.code / f"{code}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_form(path, context, code, seal=key.seal(form_facts(context, code)))
        written.append(path)
    return written
