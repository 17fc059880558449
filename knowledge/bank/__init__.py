"""What a topic is: models, the loader, the names and parameters of topics. Knows nothing of search."""
