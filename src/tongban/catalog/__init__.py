"""The catalogue: service, procedure and AI-use files, read, checked, searched and compiled."""
