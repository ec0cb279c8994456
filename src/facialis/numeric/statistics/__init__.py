"""Counts, days and series: estimates with their uncertainty.

Modules, in the order of the flow: intervals, daily, trends, sizes, planning, cycles, association,
randomisation.
"""
