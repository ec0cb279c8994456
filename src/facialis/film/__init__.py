"""A file becomes pictures, and pictures become a file."""
