"""Pictures become the motion of every region.

Modules, in the order of the flow: mesh, raster, framing, follower, mesh_schedule, copied_skin, bare_skin,
stretched_skin, passing, same_person, motion.
"""
