"""One recording → one session: video → mesh → face → motion → events → measures → quality → session.

And the phantom, the other way round: truth → video. Nothing is imported here; take what you need from its room.
"""
