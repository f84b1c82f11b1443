"""Makes inspected data the document's data, with a network that suits it, as one edit."""

from __future__ import annotations

from playground.gui.session.document import Document
from playground.spec.check.problems import check
from playground.spec.data.dataset import Dataset
from playground.spec.data.source_choice import Inspected
from playground.spec.edits import Set
from playground.spec.first_experiment import first_experiment
from playground.spec.messages import Message, joined, message, plural, tr_noop

_REPLACED = ("name", "about", "data", "stack", "recipe")  # parts of an experiment that opened data may change


def adopt(document: Document, data: Dataset, name: str, found: Inspected, *, opened: bool) -> Message:
    """Make `data`, from the source of that name, the document's data; returns what is said of it.

    It counts the remarks on how the source was read, which the settings of the data show: who trains at once would
    not see them.

    opened: whether a stack that does not suit it is replaced by a first network for it, in the same edit.
    """
    before = document.experiment
    after, told = before.with_(data=data), data.account(found.skips)
    if opened and check(after):
        after = first_experiment(data)
        words = tr_noop("{account} A first network for it is in the place of the stack, which did not suit it.")
        if not document.modified and document.path is None:  # as the program began: there is no stack of the user's own
            words = tr_noop("{account} A first network for it can be trained.")
        told = message(words, account=after.data.account(found.skips))
    label = message("Choose {name}", name=name)
    changed = [part for part in _REPLACED if getattr(after, part) != getattr(before, part)]
    document.do_all(label, [Set((part,), getattr(after, part), label) for part in changed])
    if not found.remarks:
        return told
    more = plural(
        "{count} remarks on how it was read stand in the settings of the data.",
        "A remark on how it was read stands in the settings of the data.",
        len(found.remarks),
    )
    return joined([told, more], " ")
