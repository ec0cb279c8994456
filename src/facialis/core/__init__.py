"""What every room speaks.

Modules, in the order of the flow: records, tables, person, errors, settings, revision, version, knowledge,
calendar.
"""
