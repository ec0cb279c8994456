"""What both wings draw with.

Modules, in the order of the flow: svg, scales, anatomy, code, templates, typeset.
"""
