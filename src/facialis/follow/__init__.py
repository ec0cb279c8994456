"""Many sessions of one person → course, treatments, triggers, questionnaires."""
