"""How far raters agree with each other and with themselves, and a detector with the mean of raters. Reads no file.

Modules, in the order of the flow: questions, raters, taps, detector, agreement.
"""
