"""All SQL of the watched figures, by subject. A page reads a row for a body and a day, an hour or a service."""
