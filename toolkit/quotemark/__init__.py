"""quotemark: who said what, and where they stand, as datasets."""

__version__ = "0.1.0"
