"""The sheet for the clinician: what is known of one person on one page, and what is not.

Modules, in the order of the flow: told, seen, sheet.
"""
