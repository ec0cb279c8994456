"""Comments: what those who may see the same say to each other, below an article or at moments of a recording.

Modules, in the order of the flow: models, subjects, writing, marks, deeds, content, forms, views.
"""
