"""What treatments did: toxin, operations, their side effects, and where injections were given.

Modules, in the order of the flow: sites, sideeffects, toxin, decompression.
"""
