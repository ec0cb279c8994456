"""People: whose face it is, their tables as they were written, and the way from and to a folder.

Modules, in the order of the flow: models, sheets, deeds, folders, casefiles, forms, access, views.
"""
