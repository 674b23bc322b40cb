"""The demonstration: six invented services play nine days through the real verbs, told from the ledger."""

from passerelle.cli.demonstration.play import Outcome, play
from passerelle.cli.demonstration.story import StoryLine

__all__ = ["Outcome", "StoryLine", "play"]
