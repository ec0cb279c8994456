"""The review: what a person says of each event that was found, step by step, and what is counted then.

Modules, in the order of the flow: models, standing, added, counted, deeds, content, keeping, forms, views.
"""
