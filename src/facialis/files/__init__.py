"""Our own formats, each reader beside its writer.

Modules, in the order of the flow: session, rows, blocks, sessions, person, placing.
"""
