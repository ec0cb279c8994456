"""``python -m facialis`` is the command ``facialis``."""

from facialis.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
