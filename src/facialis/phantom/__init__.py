"""Truth becomes a recording: the other way round."""
