"""Data sets as tensors: sources, file formats, downloads and augmentation."""
