"""Today: a person's home page, with the answer first, and what there is to do.

Modules, in the order of the flow: reminders, content, views.
"""
