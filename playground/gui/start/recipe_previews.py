"""Creates the previews in the recipe strip's popovers; imported when one is opened."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from playground.gui.data_source.data_source import DataSource
from playground.gui.session.document import Document
from playground.gui.session.run import Run


class RecipePreviews(NamedTuple):
    """The objects that the previews are made from."""

    document: Document
    run: Run
    data_source: DataSource

    def make_rates(self) -> QWidget:
        """Plots the learning rate over the steps."""
        from playground.gui.recipe.rate import RatePreview

        return RatePreview(self.document)

    def make_rate_finder(self) -> QWidget:
        """Searches for a learning rate."""
        from playground.gui.recipe.rate_finder import RateFinder

        return RateFinder(self.document, self.run)

    def make_data_source(self) -> QWidget | None:
        """Shows the source of the data; None for bundled data."""
        from playground.gui.data_source.pane import DataSourcePane, has_pane

        return DataSourcePane(self.data_source) if has_pane(self.document.experiment.data) else None

    def make_augmented(self) -> QWidget:
        """Shows training images after the augmentations."""
        from playground.gui.recipe.preview import AugmentationPreview

        return AugmentationPreview(self.document, self.run)
