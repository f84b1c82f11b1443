"""The declarations of experiments: plain, frozen values. Nothing in here imports torch or Qt."""
