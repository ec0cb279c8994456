"""Who may enter: accounts, by what they are opened, how often a door may be tried, and how a session ends.

Modules, in the order of the flow: models, limits, locking, proof, sessions, passkeys, authenticator, codes, deeds,
forms, door, views, mine, household.
"""
