"""One recording becomes one session."""
