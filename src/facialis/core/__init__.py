"""What every room speaks.

Modules, in the order of the flow: records, casefile, treatments, course, guidance, answer, articles, errors,
settings, knowledge, calendar, tables, version, revision, experiment.
"""
