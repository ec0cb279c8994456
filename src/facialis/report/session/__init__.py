"""A session becomes one page.

Modules, in the order of the flow: verdict, rest, figures, charts, magnify, clips, page, folder.
"""
