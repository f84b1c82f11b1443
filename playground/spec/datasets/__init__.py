"""The data sets, a module for each; importing this registers all of them."""

import sys

from playground.spec.component import import_members

import_members(sys.modules[__name__])
