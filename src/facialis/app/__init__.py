"""The casebook: a local web app in which a person films, sees what was found, and follows the course.

Views find with access, call an action, and hand the result to a template. A deed (add, change, delete) is one function
that holds its permission check, its change and its audit line.

Modules, in the order of the flow: serve, offline, start, place, sqlite, settings, application, urls, headers, faults,
words, drawings, ownership, models, accounts, people, sharing, history, vault, backup, bin, recordings, filming, phone,
inbox, watching, review, jobs, diary, today, experiment, questionnaires, course, library, help, comments, clinic,
bundle, rating, practice, api, audit, demo, templatetags, migrations.
"""
