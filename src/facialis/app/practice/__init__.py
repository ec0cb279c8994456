"""Practice before a blind rating: films of made faces, what was put into them, and how an answer compares with it.

Modules, in the order of the flow: painting, truths, strips, views.
"""
