"""What the messages of all features share: bases of controls, escaped text, colours, fonts, texts of errors."""
