"""The steps of the main job as domain functions, shared by the offline run and by the activities.

Belongs here: what turns one step's output into the next step's input, in memory.
Does not belong here: where things are stored, in which process they run, how progress is shown.
"""
