"""Motion becomes events, without a picture."""
