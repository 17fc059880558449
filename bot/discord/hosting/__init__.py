"""What the host of a server sees and sets: settings, gaps of the bank."""
