"""The vault: films and results lie on the disk in pieces that only the keys of their person open.

Modules, in the order of the flow: models, installation, wrapping, keys, sealed, growing, plain, folders, aged,
moving, checking.
"""
