"""An answer becomes a report, a sheet for the visit, and tables."""
