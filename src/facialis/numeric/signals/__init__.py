"""Signals as arrays: what one side does beyond the other.

Modules, in the order of the flow: filters, modes, whitening, detection.
"""
