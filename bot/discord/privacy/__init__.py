"""What is stored about a member: exported and deleted."""
