"""The tab that says why the network gave its answer, and what would change it."""
