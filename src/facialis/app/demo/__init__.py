"""The demo's casebook: made-up people and their clinician in a folder of its own, opened without a password.

Modules, in the order of the flow: clinic, making, proof, views.
"""
