"""Reads files that others have made, and believes nothing of them: magic, lengths, ranges and checksums are checked."""
