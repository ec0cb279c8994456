"""Our own formats, each reader beside its writer."""
