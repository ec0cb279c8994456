"""The course: the answer about a person, kept until something changes, and what is handed out of it.

Modules, in the order of the flow: models, writing, parts, glances, keeping, answers, answerer, content, guidance,
records, everything, views.
"""
