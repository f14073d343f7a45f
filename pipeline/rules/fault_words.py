"""What the YAML reader and pydantic find wrong in a rule file, in an officer's words.

In: their messages, which are written for programmers. Out: what is wrong and what would be right, in the language
in use. A message without words of its own still names the key and what was read; none is passed on in English.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from pipeline.i18n import N_, _

Words = tuple[str, str]
"""What is wrong, what would be right."""

_NUMBER = (N_("“{input}” is not a number"), N_("write digits with a decimal point, for example 2.5"))
_LARGE = (N_("“{key}” is {input}, which is too large"), N_("write the number that is meant, with fewer digits"))
_WHOLE = (N_("“{input}” is not a whole number"), N_("write digits only, for example 3"))
_DAY = (N_("“{input}” is not a day"), N_("write year-month-day, for example 2023-12-10"))
_TIME = (N_("“{input}” is not a time"), N_("write hours and minutes in quotes, for example '17:00'"))
_TRUTH = (N_("“{input}” is neither true nor false"), N_("write true or false"))
_ONE_OF = (N_("“{input}” is not possible for “{key}”"), N_("use one of: {expected}"))
_LIST = (N_("“{key}” must be a list"), N_("start each entry on a line of its own with a hyphen: “- ”"))
_KEYS = (N_("“{key}” must hold keys with values"), N_("compare it with the other entries, for example “code: thon-1”"))
_BLANK = N_("“{key}” is left blank")
_ITS_VALUE = N_("write its value")
_OR_REMOVE = N_("write its value, or remove the line")
_ENTRIES = N_("give at least {least}, each starting on a line of its own below it with a hyphen: “- ”")
_OR_NONE = N_(
    "give each on a line of its own below it, starting with a hyphen: “- ”; where there are none, write “{key}: []”"
)
_UNKNOWN = (N_("unknown key “{key}”"), N_("remove it, or mend its spelling{guess}"))

_BY_TYPE: dict[str, Words] = {
    "extra_forbidden": _UNKNOWN,
    "unexpected_keyword_argument": _UNKNOWN,
    "missing": (N_("key “{key}” is missing"), N_("add it")),
    "union_tag_invalid": (N_("no such scoring method: {tag}"), N_("use one of: {expected}")),
    "union_tag_not_found": (
        N_("key “method” is missing"),
        N_("say how the points come about, for example “method: ratio”"),
    ),
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "finite_number": _NUMBER,
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "decimal_max_places": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_parsing": _TRUTH,
    "bool_type": _TRUTH,
    "string_type": (N_("“{input}” is not text"), N_("put it in quotes")),
    "string_too_short": (_BLANK, _ITS_VALUE),
    "string_too_long": (N_("“{key}” is too long"), N_("write at most {max_length} characters")),
    "string_pattern_mismatch": (
        N_("“{input}” is not a possible “{key}”"),
        N_("use letters without diacritics, digits, dots and hyphens, for example thon-1"),
    ),
    "greater_than": (N_("“{key}” is {input}, which is too small"), N_("write a value above {gt}")),
    "greater_than_equal": (N_("“{key}” is {input}, which is too small"), N_("write a value of at least {ge}")),
    "less_than_equal": (N_("“{key}” is {input}, which is too large"), N_("write a value of at most {le}")),
    "too_short": (N_("“{key}” has too few entries"), N_("give at least {min_length}")),
    "too_long": (N_("“{key}” has too many entries"), N_("give at most {max_length}")),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "dataclass_type": _KEYS,
    "model_attributes_type": _KEYS,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "time_type": _TIME,
    "time_parsing": _TIME,
    "int_parsing_size": _LARGE,
    # of our own (pipeline/rule_model.py, pipeline/rules/mail.py)
    "number_large": _LARGE,
    "number_long": (N_("“{input}” has more digits than a spreadsheet keeps"), N_("write at most {most} digits")),
    "code_device": (
        N_("“{input}” is a name that Windows keeps for a device, so no file can be called that"),
        N_("choose another “{key}”, for example {input}-1"),
    ),
    "mail_address": (
        N_("“{input}” is no mail address"),
        N_("write one address alone, for example vanphong@xa.example"),
    ),
    "mail_host": (
        N_("“{input}” is no name of a server"),
        N_("write it as your mail service says, for example mail.xa.example"),
    ),
    "mail_unencrypted": (
        N_("security: none is for a server on this machine alone"),
        N_("write security: tls, or starttls"),
    ),
}
_OTHER = (N_("“{input}” does not fit “{key}”"), N_("compare it with the other rule files"))


def of_value(detail: Mapping[str, Any], model: type[BaseModel]) -> Words:
    """The words for what pydantic found at a value of a file that should be a ``model``.

    ``detail``: an entry of ``ValidationError.errors()``.
    """
    key = next((part for part in reversed(detail["loc"]) if isinstance(part, str)), "")
    context = detail.get("ctx", {})
    expected = str(context.get("expected") or context.get("expected_tags", ""))
    facts = {
        **context,
        "key": shorten(key),
        "input": shorten(detail.get("input")),
        "tag": str(context.get("tag", "")).strip("'"),
        "expected": expected.replace("'", "").replace(" or ", ", "),
        "guess": _guess(key, model),
        "with_point": str(detail.get("input")).replace(",", "."),
    }
    what, remedy = _what_and_remedy(detail, key, model)
    return _(what).format(**facts), _(remedy).format(**facts, **_list_facts(key, model))


def _what_and_remedy(detail: Mapping[str, Any], key: str, model: type[BaseModel]) -> Words:
    """The msgids. A list that is missing, blank, too short or no list is one case, with one remedy that mends it."""
    kind, value = detail["type"], detail.get("input")
    blank = value is None and kind != "missing"
    what, remedy = _BY_TYPE.get(kind, _OTHER)
    if blank:
        what, remedy = _BLANK, _ITS_VALUE if _required(key, model) else _OR_REMOVE
    if isinstance(value, str) and kind in _NUMBERS and _WITH_COMMA.fullmatch(value):
        remedy = _POINT
    if (blank or kind in _OF_LISTS) and (facts := _list_facts(key, model)):
        remedy = _ENTRIES if facts["least"] else _OR_NONE
    return what, remedy


_NUMBERS = {"decimal_parsing", "decimal_type"}
_WITH_COMMA = re.compile(r"[+-]?\d+,\d+")
_POINT = N_("write digits with a decimal point: {with_point}")
_OF_LISTS = {"missing", "too_short", "list_type", "tuple_type"}


def _list_facts(key: str, model: type[BaseModel]) -> dict[str, int]:
    """``least``: how many entries the list of that name must have; nothing where the key holds no list."""
    lists = [each for each in _properties(key, model) if each.get("type") == "array"]
    return {"least": max(each.get("minItems", 0) for each in lists)} if lists else {}


def _required(key: str, model: type[BaseModel]) -> bool:
    """Whether a part of the model cannot do without that key."""
    return any(key in part.get("required", ()) for part in _parts(model))


def _properties(key: str, model: type[BaseModel]) -> list[dict[str, Any]]:
    """What the parts of the model say of the key of that name."""
    return [part["properties"][key] for part in _parts(model) if key in part.get("properties", {})]


@lru_cache(maxsize=8)
def _parts(model: type[BaseModel]) -> tuple[dict[str, Any], ...]:
    schema = model.model_json_schema()
    return (schema, *schema.get("$defs", {}).values())


def shorten(value: Any) -> str:
    """A value of a rule file for a sentence, cut where it is long."""
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _guess(key: str, model: type[BaseModel]) -> str:
    """``: “points”?`` where a key that the model knows is spelled nearly like ``key``; else nothing."""
    known = {name for part in _parts(model) for name in part.get("properties", {})}
    close = difflib.get_close_matches(key, sorted(known - {key}), n=1)
    return _(": “{key}”?").format(key=close[0]) if close else ""


_YAML: tuple[tuple[str, Words], ...] = (
    ("character '\\t'", (N_("there is a tab, which a rule file must not have"), N_("put spaces in its place"))),
    (
        "mapping values are not allowed",
        (
            N_("there is a colon too many, or the line starts too far to the right"),
            N_("put text that has a colon in quotes, and start the line below the first letter of the one above"),
        ),
    ),
    (
        "that cannot start any token",
        (N_("a value starts with a sign that has a meaning of its own"), N_("put the value in quotes")),
    ),
    ("unexpected end of stream", (N_("a quote is opened and never closed"), N_("close it"))),
    ("but found another document", (N_("the line “---” starts a second document"), N_("remove it"))),
    (
        "undefined alias",
        (N_("a value starts with a sign that has a meaning of its own"), N_("put the value in quotes")),
    ),
    (
        "expected <block end>",
        (
            N_("the line does not start below the others of its list"),
            N_("give all entries of a list, and all keys of an entry, the same number of spaces in front"),
        ),
    ),
    (
        "expected ',' or",
        (N_("a bracket is opened and not closed"), N_("look for the missing “]”, “}” or comma")),
    ),
)
_NOT_YAML = (
    N_("the text cannot be read as settings"),
    N_("look at the indentation, the colons and the quotes of this line and the one above"),
)


def of_text(problem: str) -> Words:
    """The words for what the YAML reader found in the text itself; ``problem`` is its own English sentence."""
    what, remedy = next((words for sign, words in _YAML if sign in problem), _NOT_YAML)
    return _(what), _(remedy)
