"""What was done and seen, when and by whom.

Modules, in the order of the flow: models, trail, reading, content.
"""
