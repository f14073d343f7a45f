"""The rule book on a screen: what ``thidua check`` prints when nothing is wrong with a year's rules.

In: the loaded rules. Out: text on a rich console, made to be read at 100 columns and more: the plan and its
rounds, then for each bloc its units, every criterion with its points and its method in words, and how units are
classed, ranked and excluded.
"""

from __future__ import annotations

from decimal import Decimal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.code_lists import GroupKind
from pipeline.i18n import _, date, number
from pipeline.rules.plan import Plan
from pipeline.rules.rubric import Bloc, Criterion, CriterionGroup, Rubric
from pipeline.rules.words import arithmetic_words, class_words, exclusion_words, rule_words, tie_words
from pipeline.rules.year import Rules


def show(rules: Rules, console: Console) -> None:
    """Print the year's rules as tables."""
    _show_plan(rules, console)
    for bloc in rules.blocs:
        _show_bloc(bloc, rules.plan, console)


def _show_plan(rules: Rules, console: Console) -> None:
    plan = rules.plan
    console.print(Text(plan.title, "bold"))
    _show_pairs(
        console,
        (_("Issued by"), plan.issuer),
        (_("Council"), _("{name}, {count} members").format(name=plan.council.name, count=plan.council.members)),
        (_("Contact"), plan.contact.office),
        (_("Recipients"), "; ".join(each.role for each in plan.recipients)),
        (_("Awards"), "; ".join(dict.fromkeys(each.name for each in rules.awards.awards))),
    )
    console.print(_rounds_table(plan))
    console.print(_movements_table(plan))


def _rounds_table(plan: Plan) -> Table:
    table = _table((_("Code"), "left"), (_("Round"), "left"), (_("Opens"), "right"), (_("Due"), "right"))
    for round_ in plan.rounds:
        due = f"{round_.due_time:%H:%M} {date(round_.due)}"
        table.add_row(round_.code, _unstyled(round_.name), date(round_.opens), due)
    return table


def _movements_table(plan: Plan) -> Table:
    table = _table((_("Code"), "left"), (_("Movement"), "left"))
    for movement in plan.movements:
        table.add_row(movement.code, _unstyled(movement.name))
    return table


def _show_bloc(bloc: Bloc, plan: Plan, console: Console) -> None:
    rubric = bloc.rubric
    console.print()
    console.rule(Text(f"{bloc.name} ({bloc.code})", "bold"), align="left")
    units = "; ".join(f"{unit.name} ({unit.code})" for unit in bloc.units)
    _show_pairs(console, (_("{count} units").format(count=len(bloc.units)), units))
    console.print(_criteria_table(rubric, plan.decimals))
    _show_pairs(
        console,
        (_("Total"), _total_words(rubric)),
        (_("Arithmetic"), " ".join(arithmetic_words(plan, rubric))),
        (_("Classes"), "; ".join(class_words(level) for level in rubric.classification)),
        (_("On equal totals"), " → ".join(tie_words(tie, rubric) for tie in rubric.ties) or _("the rank is shared")),
        (_("Not ranked"), "; ".join(exclusion_words(each) for each in rubric.exclusions) or _("nobody")),
    )


def _criteria_table(rubric: Rubric, decimals: int) -> Table:
    table = _table((_("Code"), "left"), (_("Content"), "left"), (_("Points"), "right"), (_("Scoring method"), "left"))
    table.columns[1].ratio, table.columns[3].ratio = 5, 4
    table.expand = True
    for group in rubric.groups:
        table.add_row(group.code, _unstyled(group.name), _group_points(group), "", style="bold")
        for criterion in group.criteria:
            points = _SIGN[group.kind] + _decimal(criterion.points)
            method = _target_words(criterion) + rule_words(rubric, criterion, decimals)
            table.add_row(criterion.code, _name_with_marks(criterion), points, _unstyled(method))
        table.add_section()
    return table


_SIGN = {GroupKind.BASE: "", GroupKind.BONUS: "+", GroupKind.PENALTY: "-"}


def _group_points(group: CriterionGroup) -> str:
    points = _SIGN[group.kind] + _decimal(group.points)
    words = points if group.kind is GroupKind.BASE else _("at most {points}").format(points=points)
    least = "" if group.lowest is None else _("down to {points} points").format(points=_decimal(group.lowest))
    return "; ".join(filter(None, (words, least)))


def _name_with_marks(criterion: Criterion) -> Text:
    content = Text(criterion.name)
    marks = [criterion.unit, _("evidence") if criterion.evidence else ""]
    if criterion.source == "days_late":
        marks.append(_("counted by the system"))
    if any(marks):
        content.append(f" ({'; '.join(filter(None, marks))})", "dim")
    return content


def _target_words(criterion: Criterion) -> str:
    if criterion.target is None:
        return ""
    return _("target {target}").format(target=_decimal(criterion.target)) + "; "


def _total_words(rubric: Rubric) -> str:
    parts = [_("{points} standard points").format(points=_decimal(rubric.total))]
    if rubric.bonus_cap is not None:
        parts.append(_("bonus at most {points}").format(points=_decimal(rubric.bonus_cap)))
    if rubric.penalty_cap is not None:
        parts.append(_("penalty at most {points}").format(points=_decimal(rubric.penalty_cap)))
    return "; ".join(parts)


def _show_pairs(console: Console, *pairs: tuple[str, str]) -> None:
    """Print lines of a title and a text."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for title, text in pairs:
        grid.add_row(title, _unstyled(text))
    console.print(grid)


def _table(*columns: tuple[str, str]) -> Table:
    """An empty table; a column is its title and the side to which it is aligned."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for title, side in columns:
        table.add_column(title, justify="right" if side == "right" else "left", no_wrap=side == "right")
    return table


def _unstyled(text: str) -> Text:
    """A rule file's text is text: square brackets in it are no markup."""
    return Text(text)


def _decimal(value: Decimal) -> str:
    return number(float(value))
