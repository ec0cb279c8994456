"""Backups: one encrypted file with everything, made, checked, and brought back; and whether all is well.

Modules, in the order of the flow: locks, archive, making, automatic, reading, restoring, doctor, keeper, running,
deeds, forms, views.
"""
