"""The bin: what was deleted waits for some days, can be brought back, and then goes without a trace.

Modules, in the order of the flow: models, packing, erasing, deeds, views.
"""
