"""The project's own benchmarks, ratios first: `epoch bench …`."""
