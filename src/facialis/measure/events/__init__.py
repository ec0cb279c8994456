"""Motion becomes events, without a picture.

Modules, in the order of the flow: evidence, lids, shape, features, candidates, threshold, kinds, neighbours,
far_cheek, holds, ripples, expressions, blink_course, decision.
"""
