"""The diary and the treatments: what a person writes down, as rows of their own tables.

Modules, in the order of the flow: forms, deeds, rows, views, face, treatment_forms, treatment_views.
"""
