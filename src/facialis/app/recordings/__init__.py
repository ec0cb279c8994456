"""Recordings: how they come in, what is kept of them, and what is shown of them.

Modules, in the order of the flow: models, uploads, tus, whereabouts, store, deeds, content, media, asked,
arrivals, corrections, correcting, views.
"""
