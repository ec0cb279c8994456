"""What every room speaks.

Modules, in the order of the flow: records, verdict, tables, person, rating, errors, messages, reading, temporary,
settings, revision, version, knowledge, calendar, occasion.
"""
