"""Pictures become the motion of every region.

Modules, in the order of the flow: mesh, raster, follower, mesh_schedule, copied_skin, motion.
"""
