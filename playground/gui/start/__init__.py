"""From the process to the running program: startup, first paint, wiring of all parts, and shutdown."""
