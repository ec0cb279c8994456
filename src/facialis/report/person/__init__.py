"""An answer becomes a report, a sheet for the visit, and tables.

Modules, in the order of the flow: answers, course_words, course_figure, cycle_figure, site_figure, trigger_figure,
treatment_words, article_words, stills, visit_content, visit, clinician, page, export, folder.
"""
