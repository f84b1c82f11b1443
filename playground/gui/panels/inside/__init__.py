"""The page beside the stack that shows how a layer makes each of its numbers."""
