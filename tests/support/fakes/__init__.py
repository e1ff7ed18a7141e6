"""Recording activities behind the real ports, workers and server: the boundary at which workflows are tested.

A test opens a `World` (`world`), named by the slug in the workflow id; what the activities of that run are asked is
recorded there, and what goes wrong is arranged there. Ports are in one module for each part of the product; `workers`
runs them all.
"""
