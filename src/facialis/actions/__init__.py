"""What a user can do, each deed written once for every door."""
