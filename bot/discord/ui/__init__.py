"""What the messages of all features share: bases of controls, text made harmless, colours, fonts, errors in words."""
