"""What all tests share."""

from hypothesis import settings

# A busy machine makes single examples slow; pytest's own time limit still holds.
settings.register_profile("epoch", deadline=None)
settings.load_profile("epoch")
