"""Where the tissue at a point belongs: coordinates that move with it, for its speckle.

In the wall of the left ventricle they are height as a part of the length, angle without the twist
and depth as a part of the wall, drawn at end-diastolic size; elsewhere the point is only carried
along with the base.
"""

from numba.extending import register_jitable

from core.phantom.scene.ops import (
    Value,
    absolute,
    clip,
    cos,
    exp,
    maximum,
    minimum,
    power,
    sin,
    sqrt,
    where,
)


@register_jitable
def material_point(
    x: Value, y: Value, z: Value, lv: Value, epi: Value, q: Value
) -> tuple[Value, Value, Value]:
    """Material coordinates (mm) of a point.

    Args:
        x, y, z: the point, mm.
        lv, epi: its distances to the cavity and to the epicardium of the left ventricle.
        q: `Heart.material`: base, apex, length and radius and exponent at end-diastole, wall,
            twist in radians, descent and radial scale of the right ventricle.
    """
    part = clip((z - q[0]) / (q[1] - q[0]), 0.0, 1.0)
    rho = sqrt(x * x + y * y) + 1e-3
    # Other tissue: the base carries it along, less and less away from the heart.
    near = exp(-(rho * rho) * (1.0 / 3600.0))
    other_z = z - (q[0] * near + q[7] * (1.0 - near) * exp(-(rho * rho) * (1.0 / 14400.0))) * (
        1.0 - part
    )
    # The wall: inner radius at end-diastole, and how deep in the wall the point lies.
    outline = q[3] * sqrt(maximum(1.0 - power(part, q[4]), 0.0)) + 2.0
    depth = clip(lv, 0.0, 40.0) / (absolute(lv) + absolute(epi) + 1e-3)
    radius = outline + depth * q[5]
    twist = q[6] * part
    c, s = cos(twist), sin(twist)
    ux, uy = x / rho, y / rho
    inside = where(epi < 1.0, 1.0, 0.0) * where(z > q[0] - 2.0, 1.0, 0.0)
    # Inside the cavity keep the radius in proportion.
    wall_x, wall_y = (ux * c + uy * s) * radius, (uy * c - ux * s) * radius
    cavity = where(lv < 0.0, 1.0, 0.0)
    shrink = minimum(outline / maximum(rho - lv, 1.0), 2.5)
    wall_x = where(cavity > 0.5, x * shrink, wall_x)
    wall_y = where(cavity > 0.5, y * shrink, wall_y)
    wall_z = part * q[2] + minimum(z - q[0], 0.0) + maximum(z - q[1], 0.0)
    return (
        where(inside > 0.5, wall_x, x),
        where(inside > 0.5, wall_y, y),
        where(inside > 0.5, wall_z, other_z),
    )
