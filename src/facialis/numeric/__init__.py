"""Arrays in, arrays out: registration, filters, detection, intervals. No I/O, no state."""
