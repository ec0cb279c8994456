"""A session becomes one page."""
