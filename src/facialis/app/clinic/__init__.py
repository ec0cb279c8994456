"""The clinic: who shared, in the order in which they need somebody, and one of them at a time.

Modules, in the order of the flow: asking, news, day, letters, entering, views, aligned, compared,
together.
"""
