"""The code inside the wall: the zygote, the guard with its meter and its collector, and the script's process.

Standard library only, with few imports, and none from the rest of Epoch: a job can read no other folder of Epoch, and
every import delays the learner's first line.
"""
