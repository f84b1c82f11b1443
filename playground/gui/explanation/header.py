"""The choices beside the tabs: method, class in question, and the layer of Grad-CAM."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.gui.explanation.layer_choice import LayerChoice
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.attribution_methods import OFFERED, AttributionMethod, ExampleKind
from playground.spec.edits import LayerPath
from playground.spec.messages import message


class WhyHeader(QWidget):
    """Three lists; that of layers is there only where the method needs one."""

    method_chosen = Signal(object)  # AttributionMethod
    target_chosen = Signal(object)  # int, or None for what the network answers
    layer_chosen = Signal(object)  # LayerPath

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.methods, self.targets, self.layers = (ComboBox(self) for _ in range(3))
        self.methods.setAccessibleName(self.tr("Method"))
        self.targets.setAccessibleName(self.tr("Class in question"))
        self.targets.setToolTip(self.tr("Why this class, or why not? It follows the answer until one is chosen."))
        self.layers.setAccessibleName(self.tr("Layer of Grad-CAM"))
        self._kind: ExampleKind | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(6)
        row.addStretch(1)
        for choice in (self.layers, self.methods, self.targets):
            row.addWidget(choice)
        self.layers.hide()
        self.methods.activated.connect(self._choose_method)
        self.targets.activated.connect(self._choose_target)
        self.layers.activated.connect(self._choose_layer)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(0, super().minimumSizeHint().height())

    def show_method(self, kind: ExampleKind, method: AttributionMethod) -> None:
        """Offer the methods for a kind of example, and show which one explains."""
        if kind is not self._kind:
            self._kind = kind
            self.methods.clear()
            for number, offered in enumerate(OFFERED[kind]):
                self.methods.addItem(translated(offered.label), offered)
                tip = f"{translated(offered.help)} {offered.source}"
                self.methods.setItemData(number, plain_tip(tip), Qt.ItemDataRole.ToolTipRole)
        self.methods.setCurrentIndex(OFFERED[kind].index(method))
        self.targets.setVisible(method.targeted and self.targets.count() > 1)
        self.layers.setVisible(method.layered and self.layers.count() > 0)

    def show_classes(self, names: tuple[str, ...], target: int | None) -> None:
        """Offer the classes, the answer first."""
        offered = (self.tr("the answer"), *(self.tr("Why {0}?").format(name) for name in names))
        if offered != tuple(self.targets.itemText(i) for i in range(self.targets.count())):
            self.targets.clear()
            self.targets.addItems(offered)
        self.targets.setCurrentIndex(0 if target is None else target + 1)

    def show_layers(self, choices: tuple[LayerChoice, ...], chosen: LayerPath | None) -> None:
        """Offer the layers, each with its number in the stack."""
        self.layers.clear()
        for choice in choices:
            words = message("{number} · {layer}", number=choice.number, layer=message(choice.layer.label))
            self.layers.addItem(translated(words), choice.path)
        paths = [choice.path for choice in choices]
        self.layers.setCurrentIndex(paths.index(chosen) if chosen in paths else -1)

    @Slot(int)
    def _choose_method(self, index: int) -> None:
        self.method_chosen.emit(self.methods.itemData(index))

    @Slot(int)
    def _choose_target(self, index: int) -> None:
        self.target_chosen.emit(index - 1 if index else None)

    @Slot(int)
    def _choose_layer(self, index: int) -> None:
        self.layer_chosen.emit(tuple(self.layers.itemData(index)))
