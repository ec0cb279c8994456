"""Pictures as arrays: how far windows of skin have moved."""
