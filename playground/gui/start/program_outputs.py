"""Connects the View menu, and what the blocks of the stack show of the visible panel's example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.gui.start.program_parts import ProgramParts

if TYPE_CHECKING:  # imported with the panels
    from playground.gui.panels.panel import TaskPane


def connect_view(program: ProgramParts) -> None:
    """Connect the View menu; blocks have the height that was chosen before anything is computed for them."""
    program.view_menu.layout_reset.connect(program.window.reset_layout)
    switch, settings = program.view_menu.outputs, program.settings
    switch.toggled.connect(program.stack.set_outputs_shown)
    switch.setChecked(settings.outputs_shown)
    switch.toggled.connect(lambda shown: setattr(settings, "outputs_shown", shown))


def fill_blocks(program: ProgramParts, task: TaskPane) -> None:
    """Show on the blocks what their layers make of the example of the visible panel."""
    from playground.gui.panels.block_outputs import BlockOutputs

    BlockOutputs(program.document, program.run, program.inference, task, program.stack)
