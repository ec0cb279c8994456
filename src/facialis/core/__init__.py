"""What every room speaks.

Modules, in the order of the flow: records, tables, person, errors, occasion, settings, revision, version,
knowledge, calendar.
"""
