"""Signals as arrays: what one side does beyond the other."""
