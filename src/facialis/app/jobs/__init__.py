"""Jobs: recordings that wait to be measured, who works on them, and how far that has come.

Modules, in the order of the flow: models, queue, progress, worker, supervisor, deeds, views.
"""
