"""Blind rating: sets of films, raters who see one after the other without knowing whose it is, and how far they agree.

Modules, in the order of the flow: models, access, orders, deeds, cutting, films, forms, content, given,
pictures, results, sets, raters.
"""
