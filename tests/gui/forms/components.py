"""Every component that a form can show, and what the tests of forms hear and see of one."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QLabel

from playground.gui.forms.component_form import ComponentForm
from playground.gui.forms.field_column import FieldColumn
from playground.gui.forms.field_editor import FieldEditor, Proposal
from playground.spec.component import Component
from playground.spec.experiment import Experiment
from playground.spec.recipe.recipe import Recipe


def families(component: type[Component], seen: set[type[Component]]) -> Iterator[type[Component]]:
    """All classes that can be reached from the fields of `component`, itself included."""
    if component in seen:
        return
    seen.add(component)
    yield component
    for info in component.model_fields.values():
        for family in _components(info.annotation):
            for member in (*family.members(), family):
                yield from families(member, seen)


def _components(annotation: object) -> Iterator[type[Component]]:
    if isinstance(annotation, type) and issubclass(annotation, Component):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _components(argument)


CHOOSABLE = [member for member in families(Experiment, set()) if hasattr(member, "id") or member is Recipe]


def proposals(form: ComponentForm | FieldEditor) -> list[Proposal]:
    """Collects what a person proposes from now on."""
    found: list[Proposal] = []
    form.edited.connect(found.append)
    return found


def column(form: ComponentForm) -> FieldColumn:
    assert form.column is not None
    return form.column


def label_of(form: ComponentForm, name: str) -> QLabel:
    editor = column(form).editor(name)
    (label,) = (found for found in column(form).findChildren(QLabel) if found.buddy() is editor)
    return label
