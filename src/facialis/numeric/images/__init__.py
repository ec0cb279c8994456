"""Pictures as arrays: how far windows of skin have moved.

Modules, in the order of the flow: registration, windows, similarity, agreement, surface.
"""
