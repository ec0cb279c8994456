"""One recording becomes one session.

Modules, in the order of the flow: session, regions, face, events, limits, opening, measures, quality.
"""
