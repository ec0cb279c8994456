"""Our own formats, each reader beside its writer.

Modules, in the order of the flow: events, session, signals, rows, blocks, sessions, person, placing, columns,
empty_person."""
