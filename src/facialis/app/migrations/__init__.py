"""How the tables came to their form, step by step.

Modules, in the order of the flow: 0001_first, 0002_review.
"""
