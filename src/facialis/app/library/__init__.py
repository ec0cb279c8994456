"""The library: short articles in plain words, those for this person first, each with its sources.

Modules, in the order of the flow: content, views.
"""
