"""What Epoch does for a person: answers, runs, rounds, reviews, interviews.

No Discord, no terminal and no database driver: fronts call it, and a store is handed to it.
"""
