"""The demonstration's departments: six stores of records of the same invented people, and a node beside each."""
