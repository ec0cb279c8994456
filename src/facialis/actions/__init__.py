"""What a user can do: each deed is written once, for every door.

Modules, in the order of the flow: analyse, stages, outputs, workers, answer, report, phantom, demo, made_up,
made_up_people, experiment, agree.
"""
