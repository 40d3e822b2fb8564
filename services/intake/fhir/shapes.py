"""What each FHIR element may hold, told by the R4B models; and trimming a tree to that.

The models are strict, a clinic's system need not be: whatever the models do not know is taken out
with a warning, whatever has a wrong form is taken out with a problem, and the rest stays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from services.intake.fhir.node import Tree
from services.intake.rules import json_tree
from services.intake.rules.json_tree import Json
from services.intake.rules.problems import Code, Problem

if TYPE_CHECKING:
    from fhir_core.fhirabstractmodel import FHIRAbstractModel

Model: TypeAlias = "type[FHIRAbstractModel]"

_ABSENT = frozenset({"missing", "model_field_validation.missing"})
"""Absence is no fault of form: `screen` says what is missing and how to mend it."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: whether it repeats, the model of its content, else its plain type.

    `choice` names the group of a choice such as `deceased[x]`, of which one may be there.
    """

    repeats: bool
    model: "Model | None"
    plain: type
    choice: str | None


@cache
def elements(model: Model) -> Mapping[str, Element]:
    """The elements of a model under their FHIR names."""
    return {
        info.alias or name: _element(info)
        for name, info in model.model_fields.items()
        if name != "fhir_comments"
    }


@cache
def model_of(kind: str) -> Model:
    """The model of a resource type. The first call loads the models: half a second, 40 MB."""
    from fhir.resources.R4B import get_fhir_model_class

    return get_fhir_model_class(kind)


def _element(info: FieldInfo) -> Element:
    parts = list(_parts(info.annotation))
    models = [part.get_model_klass() for part in parts if hasattr(part, "get_model_klass")]
    extra = info.json_schema_extra
    choice = extra.get("one_of_many") if isinstance(extra, dict) else None
    return Element(
        repeats=_repeats(info.annotation),
        model=models[0] if models else None,
        plain=_plain(parts),
        choice=choice if isinstance(choice, str) else None,
    )


def _repeats(annotation: object) -> bool:
    """Whether a list is among the alternatives of an annotation."""
    return get_origin(annotation) is list or any(map(_repeats, get_args(annotation)))


def _plain(parts: list[object]) -> type:
    """The JSON type of a primitive: numbers and booleans have their own, all else is text."""
    for part, plain in ((bool, bool), (int, int), (Decimal, float)):
        if part in parts:
            return plain
    return str


def _parts(annotation: object) -> Iterator[object]:
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for part in inner:
        yield from _parts(part)


@dataclass(slots=True)
class Trimmed:
    """A tree that holds only what its model knows. `unknown` counts the elements left out."""

    problems: list[Problem] = field(default_factory=list)
    unknown: int = 0

    def fault(self, path: str) -> None:
        """Remember that the value at this place has a wrong form."""
        self.problems.append(
            Problem(
                Code.INVALID_VALUE,
                path,
                "This value does not have the form that FHIR R4 requires here, so it was not "
                "read. Correct it and send it again.",
            )
        )

    def trim(self, tree: Tree, model: Model, path: str) -> Tree:
        """The tree without what the model does not know and what is of another kind.

        Of two in one choice the last by name stays, so that `deceasedDateTime` outweighs a
        `deceasedBoolean` that denies it.
        """
        known = elements(model)
        kept: Tree = {}
        chosen: set[str] = set()
        for name, value in sorted(tree.items(), reverse=True):
            element = known.get(name)
            if element is None:
                self.unknown += name != "fhir_comments"
            elif element.choice in chosen:
                self.fault(f"{path}.{name}")
            else:
                self._keep(kept, name, value, element, f"{path}.{name}")
                if name in kept and element.choice:
                    chosen.add(element.choice)
        return kept

    def _keep(self, kept: Tree, name: str, value: Json, element: Element, path: str) -> None:
        if element.repeats:
            if not isinstance(value, list):
                self.fault(path)
                return
            items: list[Json] = [self._one(item, element, path) for item in value]
            kept[name] = [item for item in items if item is not None]
        elif (item := self._one(value, element, path)) is not None:
            kept[name] = item

    def _one(self, value: Json, element: Element, path: str) -> Json:
        """A single value, or None where it is empty or of another kind."""
        if value is None or value == {}:
            return None
        if element.model is None:
            if not _is_a(value, element.plain):
                self.fault(path)
                return None
            return value
        if not isinstance(value, dict):
            self.fault(path)
            return None
        return self.trim(value, element.model, path) or None

    def validate(self, tree: Tree, kind: str) -> Tree:
        """The tree without the values that its model refuses; each refusal is a problem."""
        model = model_of(kind)
        while taken := _refused(tree, model):
            for place in taken:
                self.fault(".".join([kind, *(step for step in place if isinstance(step, str))]))
        return tree


def _is_a(value: Json, plain: type) -> bool:
    """Whether a primitive has its JSON type: the models would take `"true"` and 0 for others."""
    if plain is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is plain


def _refused(tree: Tree, model: Model) -> list[json_tree.Place]:
    """Take out the values that a model refuses, and say where they stood."""
    try:
        model.model_validate(tree)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        places = [f["loc"] for f in found if f["loc"] and f["type"] not in _ABSENT]
        return [place for place in json_tree.last_first(places) if json_tree.take(tree, place)]
    return []
