"""A counter asks a person's wallet for a certificate, and looks at what it was shown (OpenID4VP 1.0)."""
