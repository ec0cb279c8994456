"""Our own formats, each reader beside its writer.

Modules, in the order of the flow: placing, events, session, signals, session_folder, tables, columns, blocks,
sessions, history, person, empty_person, clips, experiment, ratings.
"""
