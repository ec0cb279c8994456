"""From my phone: a link that takes one film, by a second listener that knows nothing else, open for ten minutes.

Modules, in the order of the flow: models, addresses, forms, pieces, deeds, whole, answers, door, content, views.
"""
