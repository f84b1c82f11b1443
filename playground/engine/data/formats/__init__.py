"""Readers of third-party file formats, which check magic numbers, lengths, ranges and checksums."""
