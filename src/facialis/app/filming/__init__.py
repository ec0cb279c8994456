"""Filming in the page: the protocol, a look at the picture once a second, the camera's own left and right.

Modules, in the order of the flow: models, protocol, picture, checks, capture, deeds, forms, shown, views.
"""
