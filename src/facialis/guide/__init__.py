"""History and course → who should be seen and how soon, what it resembles, what to expect."""
