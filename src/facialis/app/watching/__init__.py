"""Watching a recording: what plays in a page, the curves below it, and what the detector nearly told.

Modules, in the order of the flow: models, playback, misses, tracks, loops, making, curves,
preparing, clips, keys, deeds, views.
"""
