"""What templates may say.

Modules, in the order of the flow: words, ways, meanings, inbox, comments.
"""
