"""Running the bank's examples and members' own code."""
