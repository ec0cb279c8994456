"""Sharing: whom a person lets see what, for how long, and what a clinician made of it.

Modules, in the order of the flow: models, scopes, access, limited, deeds, offers, issuing, content, forms,
views, clinicians.
"""
