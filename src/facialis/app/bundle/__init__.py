"""Bundles: part of a record goes, encrypted, to a casebook on another computer, and what was written there comes back.

Modules, in the order of the flow: models, addresses, manifest, contents, sending, reading, arriving, taking,
answering, content, forms, sender, receiver, commands.
"""
