"""Many sessions of one person become a course.

Modules, in the order of the flow: comparable, windows, weakness, remission, spread, course, saying, toxin,
sites, sideeffects, decompression, questionnaires, triggers, experiment.
"""
