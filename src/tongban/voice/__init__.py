"""What people say about their government: ratings, the hotline, consultations and proposals."""
