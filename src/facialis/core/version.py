"""The version of facialis, in the one place that the build reads it from."""

__all__ = ["__version__"]

__version__ = "0.4.0"
