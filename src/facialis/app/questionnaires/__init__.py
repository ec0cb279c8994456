"""Questionnaires: which there are, a form for each, and what was filled in with its score.

Modules, in the order of the flow: instruments, forms, deeds, due, content, views.
"""
