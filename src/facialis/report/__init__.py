"""From a measured session to what people read: one page, small films, tables. Nothing is measured here."""
