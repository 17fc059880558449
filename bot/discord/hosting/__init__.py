"""For the host of a server: its settings, and the questions that the bank could not answer."""
