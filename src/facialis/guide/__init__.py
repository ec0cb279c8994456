"""History and course become guidance.

Modules, in the order of the flow: conditions, facts, triage, patterns, guidance, pathways, library, reading.
"""
