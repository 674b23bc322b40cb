"""From any script and spelling to forms that can be compared."""

from passerelle.names.compare import compare
from passerelle.names.comparison import Comparison

__all__ = ["Comparison", "compare"]
