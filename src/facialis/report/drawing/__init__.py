"""What both wings draw with."""
