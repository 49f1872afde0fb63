"""What a source owes: a question that was put and not answered stays open until it is, or until a rule closes it."""
