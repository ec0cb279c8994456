"""One person over time: what is known of them, what follows from it, and what is said.

Modules, in the order of the flow: written_days, casefile, treatment_names, treatments, course, experiment, guidance,
articles, answer.
"""
