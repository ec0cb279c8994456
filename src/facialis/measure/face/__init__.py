"""Pictures become the motion of every region."""
