"""A file becomes pictures, and pictures become a file.

Modules, in the order of the flow: sources, video, container, matroska, child, decoder, complaints, sandbox, protocol,
clock, speed, moment, upright, encode.
"""
