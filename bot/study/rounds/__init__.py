"""Quiz rounds as pure functions: events in, state and effects out; the caller talks to Discord, clock and database.

    bank or pack → questions.present → Question → machine.step(state, event, now) → Step(state, reply, effects)

- questions: an item of the bank or a pack as one round shows it, its options in an order of their own
- state: what a round is at one moment, and how that is saved
- machine: lobby → question → reveal → … → over; who may do what, and when an answer counts
- scoring: points, streaks, standings, teams
- matching: what was typed against what counts as right
- packs: trivia in the YAML of Red-DiscordBot
"""
