"""Marks unhealthy layers of the shown run on their blocks, and shows what the doctor says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.gui.session.probe_history import ProbeHistory
from playground.gui.stack.health_mark import HealthMark
from playground.gui.start.program_parts import ProgramParts
from playground.gui.style.translation import translated
from playground.spec.check.shapes import walk
from playground.spec.edits import LayerPath
from playground.spec.layer import Layer
from playground.spec.messages import message

if TYPE_CHECKING:
    from playground.engine.doctor.finding import Finding


class LayerMarks(QObject):
    """Follows the probes of the run: a mark holds as long as the latest one shows the fault.

    A layer that is edited loses its mark until the next probe; a layer that is moved takes it along. While an earlier
    moment of the run is shown, there are none.
    """

    def __init__(self, program: ProgramParts, probes: ProbeHistory) -> None:
        super().__init__(program)
        self._program, self._probes = program, probes
        self._found: tuple[tuple[Layer, Finding], ...] = ()
        self._shown: dict[LayerPath, list[Finding]] = {}
        probes.changed.connect(self._examine)
        program.document.changed.connect(self._place)
        program.document.replaced.connect(self._place)
        program.run.past_changed.connect(self._place)
        program.stack.mark_pressed.connect(self._explain)

    @Slot()
    def _examine(self) -> None:
        """Look at the latest steps."""
        experiment, probes = self._program.run.experiment, self._probes.probes
        if experiment is None or not probes:
            self._found = ()
        else:
            from playground.engine.doctor.layer_health import layer_findings  # imports torch, which is there by now

            walked = walk(experiment.stack, experiment.data.sample_shape)
            layers = {row.path: row.layer for row in walked}
            findings = layer_findings(tuple(row for row in walked if row.active), probes)
            self._found = tuple((layers[path], finding) for finding in findings for path in finding.layers)
        self._place()

    @Slot()
    def _place(self) -> None:
        """Mark the layers that have not changed since they were examined."""
        self._shown = {}
        if self._program.run.past is None and self._found:
            paths = {id(row.layer): row.path for row in self._program.document.rows}
            for layer, finding in self._found:
                if id(layer) in paths:
                    self._shown.setdefault(paths[id(layer)], []).append(finding)
        self._program.doctor_notes.withdraw({finding for some in self._shown.values() for finding in some})
        self._program.stack.show_health({path: self._mark(path, some) for path, some in self._shown.items()})

    def _mark(self, path: LayerPath, findings: list[Finding]) -> HealthMark:
        from playground.engine.doctor.layer_health import LABELS

        row = next(row for row in self._program.document.rows if row.path == path)
        labels = tuple(translated(LABELS[finding.id]) for finding in findings)
        sentences = tuple(translated(finding.sentence) for finding in findings)
        return HealthMark(translated(row.layer.label), labels, sentences, (path,))

    @Slot(object)
    def _explain(self, paths: tuple[LayerPath, ...]) -> None:
        """Show the message about some layers."""
        active = [row for row in self._program.document.rows if row.active]
        for number, row in enumerate(active, 1):
            for finding in self._shown.get(row.path, ()) if row.path in paths else ():
                words = message(
                    "{layer} {number}: {sentence}",
                    layer=message(row.layer.label),
                    number=number,
                    sentence=finding.sentence,
                )
                self._program.doctor_notes.explain(finding, translated(words))
