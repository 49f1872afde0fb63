"""The registers of the centre: projects, standards, enterprise operators."""
