"""AI that advises under public control: a register, one gate, suggestions, and nobody ruled by them."""
