"""The panel for networks that restore case and punctuation."""
