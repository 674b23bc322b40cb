"""What happened, in order, unaltered, checkable by an outsider: facts, their bytes, their tree, and the check."""
