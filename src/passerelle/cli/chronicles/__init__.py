"""A chronicle played through the verbs that officers use, in a folder of its own."""

from passerelle.cli.chronicles.play import make_stage, played_on

__all__ = ["make_stage", "played_on"]
