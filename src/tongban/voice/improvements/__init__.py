"""From what many people say of one part of a service to a dated promise of its owner, and to what then changed."""
