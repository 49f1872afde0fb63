"""All SQL of the hall."""
