"""How far raters agree, with each other and with a measurement: coefficients with intervals, or the reason for none.

Modules, in the order of the flow: agreed, jackknife, kappa, alpha, gwet, intraclass, differences, moments, attenuation.
"""
