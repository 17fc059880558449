"""How the bot is, for whoever hosts it."""
