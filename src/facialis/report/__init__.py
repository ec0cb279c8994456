"""A session, or an answer, becomes something to read; it never measures."""
