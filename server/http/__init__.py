"""What every route shares: the route table, problems, headers, deadlines, health."""
