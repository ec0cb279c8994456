"""What every room speaks: records, one error tree, frozen settings, and data files with their references."""
