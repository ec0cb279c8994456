"""The other way round: truth becomes a recording.

Modules, in the order of the flow: specification, acts, contractions, head, skin, portrait, scene, truth,
recording, animate, anchors.
"""
