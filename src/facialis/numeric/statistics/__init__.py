"""Counts, days and series: estimates with their uncertainty."""
