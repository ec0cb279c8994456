"""The inbox: films that are put into a person's folder are taken in by themselves.

Modules, in the order of the flow: places, deeds, watching, views.
"""
