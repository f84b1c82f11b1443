"""What happens to an experiment: build, feed, train, evaluate, save. Imports torch, never Qt."""
