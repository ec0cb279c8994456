"""What clinicians say of films that they rate: the scales, and the ratings.

Modules, in the order of the flow: scales, ratings.
"""
