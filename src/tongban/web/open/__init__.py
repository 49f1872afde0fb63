"""What everyone may check without logging in."""
