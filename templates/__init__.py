"""Jinja2 templates, shipped as package data. They lay out view models and compute nothing."""
