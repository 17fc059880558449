"""The parts a wall is made of, each in a module of its own: namespaces, Landlock, seccomp, resource limits, identity.

Used inside the job, by the process that is about to run the untrusted script: standard library only, nothing from the
rest of Epoch. Each function either sets its part up completely or raises `OSError`; no part is skipped silently.
"""
