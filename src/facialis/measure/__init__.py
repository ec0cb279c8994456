"""One recording becomes one session.

Modules, in the order of the flow: session, regions, face, events, rest, limits, opening, measures, quality.
"""
