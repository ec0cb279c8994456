"""The history: what a person says about themselves, question by question, in ``person.yaml``.

Modules, in the order of the flow: written, forms, groups, deeds, views.
"""
