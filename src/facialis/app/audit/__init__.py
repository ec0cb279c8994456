"""What was done, when and by whom.

Modules, in the order of the flow: models, trail.
"""
