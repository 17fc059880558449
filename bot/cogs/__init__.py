"""One feature a module, found by `bot.app`, not listed: defer, call the tutor, render."""
