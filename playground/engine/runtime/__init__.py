"""Setup of torch on this machine: device, threads, memory layout, allocation and random streams."""
