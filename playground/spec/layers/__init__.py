"""The layers that can be stacked. Each is one class; to add a layer, add its class and edit nothing else."""

import sys

from playground.spec.component import import_members

import_members(sys.modules[__name__])
