"""The parts a wall is made of, each in a module of its own: namespaces, Landlock, seccomp, resource limits, identity.

Used on the far side, by a process that is about to become hostile: standard library only, nothing from the rest of
Epoch. Every part either stands when its function returns or raises `OSError`; none is ever left out in silence.
"""
