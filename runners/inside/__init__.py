"""What runs on the far side of the wall: the zygote, the guard, its meter, its collector, and the script.

Standard library only, few imports, and none from the rest of Epoch: a job sees this folder and nothing else of it, and
every import here is time before the learner's first line.
"""
