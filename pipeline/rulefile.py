"""Rule files as text: YAML read with line numbers, checked by pydantic, every problem told at once.

In: a YAML file and the pydantic model it should fit. Out: the model, or :class:`Problem` rows, each with file,
line, what is wrong and what would be right. What the models mean is in :mod:`pipeline.plan` and
:mod:`pipeline.rubric`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.errors import UserFault
from pipeline.i18n import N_, _
from pipeline.methods.method import Fault

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a rule file. ``line`` counts from 1."""

    file: Path
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.remedy}"


class RuleFilesWrong(UserFault):
    """The rule files cannot be used; carries every problem found in them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)), _("Run “thidua check” again after mending them."))


@dataclass
class RuleFile:
    """A parsed rule file and the problems found in it so far."""

    path: Path
    data: Any = None
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, place: Sequence[str | int]) -> int:
        """The line of the value at ``place``; of the nearest thing around it where there is no such value."""
        node, line = self.data, 1
        for key in place:
            if isinstance(node, Mapping) and key in node:
                line = node.lc.key(key)[0] + 1  # type: ignore[attr-defined]
                node = node[key]
            elif isinstance(node, list) and isinstance(key, int) and key < len(node):
                line = node.lc.item(key)[0] + 1  # type: ignore[attr-defined]
                node = node[key]
            # else: a name that pydantic adds (the tag of a union); it stands for no place in the file
        return line

    def tell(self, place: Sequence[str | int], what: str, remedy: str) -> None:
        """Note a problem at ``place`` (keys and positions from the top of the file)."""
        problem = Problem(self.path, self.line_of(place), what, remedy)
        if problem not in self.problems:
            self.problems.append(problem)

    def tell_all(self, faults: Iterable[Fault], below: Sequence[str | int] = ()) -> None:
        """Note faults whose paths start at ``below``."""
        for fault in faults:
            self.tell((*below, *fault.path), fault.what, fault.remedy)


def read(path: Path) -> RuleFile:
    """Parse a YAML file (version 1.2: ``no`` is a word, ``12:30`` is text). Faults are noted, not raised."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    file = RuleFile(path)
    try:
        file.data = YAML(typ="rt").load(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        file.tell((), _("the file is not UTF-8 text"), _("save it again as UTF-8"))
    except FileNotFoundError:
        file.tell((), _("the file is not there"), _("copy it from last year's rules and change it"))
    except DuplicateKeyError as error:
        mark = error.problem_mark
        what = _("the same key stands twice: {detail}").format(detail=_first_line(error.problem))
        file.problems.append(Problem(path, mark.line + 1 if mark else 1, what, _("keep one of the two")))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = _("this is not YAML: {detail}").format(detail=_first_line(error.problem))
        remedy = _("look at the indentation, the colons and the quotes of this line and the one above")
        file.problems.append(Problem(path, mark.line + 1 if mark else 1, what, remedy))
    except YAMLError as error:
        file.tell(
            (), _("this is not YAML: {detail}").format(detail=_first_line(str(error))), _("save it as plain text")
        )
    return file


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0] if text else ""


def parse(file: RuleFile, model: type[Model]) -> Model | None:
    """The file as ``model``; None where it does not fit, with the reasons in ``file.problems``."""
    if file.problems:
        return None
    if not isinstance(file.data, Mapping):
        file.tell((), _("the file holds no settings"), _("start it with keys, for example “code: thon”"))
        return None
    try:
        return model.model_validate(file.data)
    except ValidationError as error:
        for detail in error.errors():
            what, remedy = _in_words(detail, model)
            file.tell(_own_keys(detail["loc"], file.data), what, remedy)
        return None


def _own_keys(place: Sequence[str | int], data: Any) -> list[str | int]:
    """``place`` without the names that pydantic adds for a union."""
    kept: list[str | int] = []
    node = data
    for key in place:
        if isinstance(node, Mapping) and key in node:
            node = node[key]
        elif isinstance(node, list) and isinstance(key, int) and key < len(node):
            node = node[key]
        else:
            continue
        kept.append(key)
    return kept


_WORDS: dict[str, tuple[str, str]] = {
    "extra_forbidden": (N_("unknown key “{key}”"), N_("remove it, or mend its spelling{guess}")),
    "missing": (N_("key “{key}” is missing"), N_("add it")),
    "union_tag_invalid": (N_("no such scoring method: {tag}"), N_("use one of: {expected}")),
    "union_tag_not_found": (
        N_("key “method” is missing"),
        N_("say how the points come about, for example “method: ratio”"),
    ),
    "literal_error": (N_("“{input}” is not possible for “{key}”"), N_("use one of: {expected}")),
    "enum": (N_("“{input}” is not possible for “{key}”"), N_("use one of: {expected}")),
    "decimal_parsing": (N_("“{input}” is not a number"), N_("write digits with a decimal point, for example 2.5")),
    "decimal_type": (N_("“{input}” is not a number"), N_("write digits with a decimal point, for example 2.5")),
    "int_parsing": (N_("“{input}” is not a whole number"), N_("write digits only, for example 3")),
    "string_type": (N_("“{input}” is not text"), N_("put it in quotes")),
    "string_pattern_mismatch": (
        N_("“{input}” is not a possible “{key}”"),
        N_("use letters without diacritics, digits, dots and hyphens, for example thon-1"),
    ),
    "greater_than": (N_("“{key}” is {input}, which is too small"), N_("write a value above {gt}")),
    "greater_than_equal": (N_("“{key}” is {input}, which is too small"), N_("write a value of at least {ge}")),
    "less_than_equal": (N_("“{key}” is {input}, which is too large"), N_("write a value of at most {le}")),
    "too_short": (N_("“{key}” has too few entries"), N_("give at least {min_length}")),
    "date_from_datetime_parsing": (N_("“{input}” is not a day"), N_("write year-month-day, for example 2023-12-10")),
    "date_parsing": (N_("“{input}” is not a day"), N_("write year-month-day, for example 2023-12-10")),
    "time_parsing": (N_("“{input}” is not a time"), N_("write hours and minutes in quotes, for example '17:00'")),
    "timezone": (N_("“{input}” is not a time"), N_("write hours and minutes in quotes, for example '17:00'")),
}


def _in_words(detail: Mapping[str, Any], model: type[BaseModel]) -> tuple[str, str]:
    """What pydantic found, for an officer; a rarer finding keeps pydantic's own sentence."""
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    facts: dict[str, Any] = {
        "key": key,
        "input": _shorten(detail.get("input")),
        "tag": "",
        "expected": "",
        "guess": _guess(key, detail, model),
        **detail.get("ctx", {}),
    }
    facts["expected"] = facts.get("expected") or facts.get("expected_tags", "")
    what, remedy = _WORDS.get(
        detail["type"], (N_("“{key}” is wrong: {message}"), N_("compare it with the other rule files"))
    )
    return _(what).format(message=detail["msg"], **facts), _(remedy).format(**facts)


def _shorten(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _guess(key: str, detail: Mapping[str, Any], model: type[BaseModel]) -> str:
    """ ": “points”?" where a key that the model knows is spelled nearly like ``key``."""
    if detail["type"] != "extra_forbidden":
        return ""
    schema = model.model_json_schema()
    known = {name for part in (schema, *schema.get("$defs", {}).values()) for name in part.get("properties", {})}
    close = difflib.get_close_matches(key, sorted(known), n=1)
    return _(": “{key}”?").format(key=close[0]) if close else ""
