"""What can be chosen: plain, frozen values. Nothing in here imports torch or Qt."""
