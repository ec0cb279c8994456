"""The casebook for programs: what its pages show, read only, as JSON, behind the same gate.

Modules, in the order of the flow: models, tokens, limits, door, faults, shapes, tables, films, people, routes,
forms, views.
"""
