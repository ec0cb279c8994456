"""Many sessions of one person become a course.

Modules, in the order of the flow: comparable, windows, weakness, remission, spread, course, toxin,
sites, sideeffects, decompression, withheld, questionnaires, triggers, experiment.
"""
