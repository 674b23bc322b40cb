"""The tables, what of them a reader may see in lists, and what they must add up to."""
