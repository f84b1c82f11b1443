"""Connects the View menu, and what the blocks of the stack and the page beside them show of the panel's example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.gui.start.program_parts import ProgramParts
from playground.gui.window.main_window import Region

if TYPE_CHECKING:  # imported with the panels
    from playground.gui.forms.layer_panel import LayerPanel
    from playground.gui.panels.panel import TaskPane


def connect_view(program: ProgramParts) -> None:
    """Connect the View menu; blocks have the height that was chosen before anything is computed for them."""
    program.view_menu.layout_reset.connect(program.window.reset_layout)
    program.view_menu.enlarged.toggled.connect(program.window.enlarge_results)
    program.window.results_enlarged.connect(program.view_menu.enlarged.setChecked)
    switch, settings = program.view_menu.outputs, program.settings
    switch.toggled.connect(program.stack.set_outputs_shown)
    switch.setChecked(settings.outputs_shown)
    switch.toggled.connect(lambda shown: setattr(settings, "outputs_shown", shown))
    order = program.view_menu.active_first
    order.setChecked(settings.active_first)
    order.toggled.connect(lambda chosen: setattr(settings, "active_first", chosen))


def put_pages(program: ProgramParts, form: LayerPanel) -> None:
    """Put the form into the window, as the first of two pages, and let the stack open the editors of ranges."""
    from playground.gui.forms.layer_pages import LayerPages
    from playground.gui.forms.structure_editing import StructureEditing

    StructureEditing(program.document, program.stack)
    pages = LayerPages(form, program.window)
    program.stack.form_requested.connect(pages.focus_form)
    program.window.put(Region.FORM, pages)


def fill_blocks(program: ProgramParts, task: TaskPane) -> None:
    """Show on the blocks, and inside the selected layer, what is made of the example of the visible panel."""
    from playground.gui.forms.layer_pages import LayerPages
    from playground.gui.panels.block_outputs import BlockOutputs
    from playground.gui.panels.inside.opening import InsideOpening

    blocks = BlockOutputs(program.document, program.run, program.inference, task, program.stack)
    order = program.view_menu.active_first
    order.toggled.connect(blocks.set_active_first)
    blocks.set_active_first(order.isChecked())
    pages = program.window.part(Region.FORM)
    if isinstance(pages, LayerPages):  # else it could not be made
        opening = InsideOpening(program.document, program.run, program.inference, task, program.stack, pages)
        program.view_menu.inside.triggered.connect(opening.open)
        order.toggled.connect(opening.set_active_first)
        opening.scales_fixed.connect(blocks.set_scales)
        opening.set_active_first(order.isChecked())
