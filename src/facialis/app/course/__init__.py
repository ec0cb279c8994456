"""The course: the answer about a person, kept until something changes, and what is handed out of it.

Modules, in the order of the flow: answers, content, guidance, views.
"""
