"""The desk: where officials receive, examine and decide. Its addresses are in `routes`."""
