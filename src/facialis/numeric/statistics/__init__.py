"""Counts, days and series: estimates with their uncertainty.

Modules, in the order of the flow: intervals, daily, sizes, weekdays, scatter, masses, trends, planning, cycles,
association, rhythms, randomisation.
"""
