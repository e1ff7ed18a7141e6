"""Protection of what users entrust to us, as pure functions.

Belongs here: finding and replacing secrets. Does not belong here: checks of sources, which live with their readers.
"""
