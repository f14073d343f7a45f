"""The parameters of a scoring method as people see them: what each is called, and what its options mean.

In: a method's model, which says it beside each field: ``Field(title=N_("From"))``, for a list
``Field(title=N_("Band {n}"))``, and :class:`Words` for the options of a ``Literal``. Out: its :class:`Parameter` rows,
from which the rubric's workbook and ``docs/CACH-CHAM.md`` are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


class Words:
    """What people read for each option of a ``Literal``, in an ``Annotated``: ``Words(up=N_("more is better"))``."""

    def __init__(self, **msgids: str) -> None:
        self.msgids = msgids


@dataclass(frozen=True)
class Parameter:
    """One key of a rule; ``name`` is the model's attribute, ``title`` a msgid.

    ``type``: Decimal, str or bool, or a model, whose parameters are ``parts``. ``options``: what a Literal allows, with
    the msgid of each. ``listed``: it holds a list of such values, each of which is called ``numbered``, a msgid with
    ``{n}``. Where the model says no words, they are "".
    """

    key: str
    name: str
    type: type
    title: str
    needed: bool
    default: Any
    options: Mapping[str, str] = field(default_factory=dict)
    listed: bool = False
    numbered: str = ""
    parts: tuple[Parameter, ...] = ()


def parameters(model: type[BaseModel]) -> tuple[Parameter, ...]:
    """All of a model in its order, but for ``method``: another method is another rule. Raises TypeError."""
    return tuple(parameter(name, info) for name, info in model.model_fields.items() if name != "method")


def parameter(name: str, info: FieldInfo) -> Parameter:
    """That of one field. Raises TypeError for a type that stands in no cell of a workbook."""
    plain, listed, value = _without_none(info.annotation), False, info
    if get_origin(plain) is tuple:
        listed, value = True, FieldInfo.from_annotation(get_args(plain)[0])
        plain = _without_none(value.annotation)
    options = _options(plain, value.metadata)
    is_model = listed and isinstance(plain, type) and issubclass(plain, BaseModel)
    if not (options or is_model or plain in (Decimal, str, bool)):
        raise TypeError(f"parameter {name} is none of Decimal, str, bool, Literal, or a tuple of them or of models")
    return Parameter(
        key=info.alias or name,
        name=name,
        type=str if options else plain,
        title=value.title or "",
        needed=info.is_required(),
        default=None if info.is_required() else info.get_default(call_default_factory=True),
        options=options,
        listed=listed,
        numbered=(info.title or "") if listed else "",
        parts=parameters(plain) if is_model else (),
    )


def _without_none(annotation: Any) -> Any:
    """The type that stands beside None, as in ``Decimal | None``."""
    types = [each for each in get_args(annotation) if each is not NoneType]
    return types[0] if NoneType in get_args(annotation) else annotation


def _options(annotation: Any, metadata: Iterable[Any]) -> dict[str, str]:
    if get_origin(annotation) is not Literal:
        return {}
    words = next((each.msgids for each in metadata if isinstance(each, Words)), {})
    return {option: words.get(option, "") for option in get_args(annotation)}
