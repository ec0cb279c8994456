"""Tables as people keep them: every spreadsheet's way of writing numbers, days, headers and answers.

Modules, in the order of the flow: findings, spelling, formulas, amounts, misfits, rows.
"""
