"""Self-experiments: days drawn by lot, what today is, what was noted, and what came of it.

Modules, in the order of the flow: deeds, figure, content, forms, views.
"""
