"""What outlives a restart: rounds, answers, reviews, settings. SQLite by default, PostgreSQL by URL.

    URL → store.Store.open → migrate → repositories (`store.rounds`, `store.members`, …)

- errors: what can go wrong with a database, as a tree; imports nothing heavy
- tables: the schema, in one place
- database: engine, transactions, what differs between the two databases
- migrate, migrations/: old databases brought up to date, SQLite files copied first
- setting_fields: how a field of a server's settings is set, as data; a front makes its control from it
- store: one object with all repositories; members, rounds, scores, reviews, daily, guilds, feedback, gaps, runs,
  packs, keys, names: these

A write is committed when its method returns. Nothing here imports Discord, and only `errors` may be imported at the top
of a module that a plain question loads: SQLAlchemy takes a third of a second.
"""
