"""One person over time: what is known of them, what follows from it, and what is said.

Modules, in the order of the flow: casefile, treatments, course, experiment, guidance, articles, answer.
"""
