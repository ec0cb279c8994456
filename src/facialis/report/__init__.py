"""A session, or an answer, becomes something to read; nothing is measured here.

Modules, in the order of the flow: drawing, session, person.
"""
