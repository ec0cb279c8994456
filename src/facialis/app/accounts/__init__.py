"""Who may enter: the first account, logging in and out, and how a session ends.

Modules, in the order of the flow: models, limits, locking, deeds, forms, views.
"""
