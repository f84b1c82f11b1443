"""The layers that can be stacked: one class a layer, and nothing else to edit when one is added."""

import sys

from playground.spec.component import import_members

import_members(sys.modules[__name__])
