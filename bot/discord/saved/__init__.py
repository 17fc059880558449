"""What a member saved of the explanations."""
