"""Arrays in, arrays out: no files, no state.

Modules, in the order of the flow: images, signals, statistics, agreement, geometry, products, compiled.
"""
