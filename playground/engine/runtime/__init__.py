"""How torch runs on this machine: device, threads, memory layout, allocation and random streams."""
