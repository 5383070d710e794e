"""What a question asks: its language, the things it names, the attribute, the intent and the constraints."""
