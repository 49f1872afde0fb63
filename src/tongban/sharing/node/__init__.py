"""The small service a department runs beside its own data: it answers verified questions from declared columns.

`config` reads its file, `connectors` reach the data, `answering` gives the least answer, `serving` puts it behind the
exchange, `checking` looks whether all stands where the file says.
"""
