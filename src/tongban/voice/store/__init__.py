"""All SQL of what people say."""
