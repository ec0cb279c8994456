"""The demo's casebook: a made-up person over a year in a folder of its own, opened without a password.

Modules, in the order of the flow: making, proof, views.
"""
