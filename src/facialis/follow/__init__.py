"""Many sessions of one person become a course.

Modules, in the order of the flow: comparable, windows, weakness, remission, told, selection, steps, spread,
schedule, course, withheld, treated, questionnaires, triggers, experiment.
"""
