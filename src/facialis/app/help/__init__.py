"""Help: a tour of five minutes, the words that are used, and what to know about the casebook itself.

Modules, in the order of the flow: tour, glossary, linking, fields, views.
"""
