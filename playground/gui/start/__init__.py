"""From the process to the running program: start, first paint, wiring of all parts, and the end."""
