"""Distances to simple forms, mm, negative inside: written once for numbers and for tensors.

Each takes a point's coordinates and `q`, the form's numbers in the order that
`core.phantom.scene.builder` writes them. Near their surface the distances are true; far off they
may be some percent short, never long enough to hide another form.
"""

from numba.extending import register_jitable

from core.phantom.scene.ops import (
    Value,
    absolute,
    arctan2,
    clip,
    cos,
    floor,
    lookup,
    maximum,
    minimum,
    power,
    sqrt,
    where,
)

ROWS, COLUMNS = 33, 48  # of a star's table: from its axis (0 to pi), around it (0 to 2 pi)
_PI = 3.14159265358979


@register_jitable
def capsule(x: Value, y: Value, z: Value, q: Value) -> Value:
    """Tapered capsule: ends q[0:3] and q[3:6], radii q[6] and q[7]."""
    ax, ay, az = x - q[0], y - q[1], z - q[2]
    bx, by, bz = q[3] - q[0], q[4] - q[1], q[5] - q[2]
    t = clip((ax * bx + ay * by + az * bz) / (bx * bx + by * by + bz * bz + 1e-6), 0.0, 1.0)
    dx, dy, dz = ax - t * bx, ay - t * by, az - t * bz
    return sqrt(dx * dx + dy * dy + dz * dz) - (q[6] + (q[7] - q[6]) * t)


@register_jitable
def ellipsoid(x: Value, y: Value, z: Value, q: Value) -> Value:
    """Centre q[0:3], rows of its axes q[3:12], half axes q[12:15]."""
    a, b, c = x - q[0], y - q[1], z - q[2]
    u = (q[3] * a + q[4] * b + q[5] * c) / q[12]
    v = (q[6] * a + q[7] * b + q[8] * c) / q[13]
    w = (q[9] * a + q[10] * b + q[11] * c) / q[14]
    k0 = sqrt(u * u + v * v + w * w)
    u, v, w = u / q[12], v / q[13], w / q[14]
    k1 = sqrt(u * u + v * v + w * w) + 1e-6
    return k0 * (k0 - 1.0) / k1


@register_jitable
def star(x: Value, y: Value, z: Value, q: Value, tables: Value) -> Value:
    """A form that is seen whole from its centre: radius by direction, from a table.

    Centre q[0:3]; rows of its axes q[3:12], the third is the axis of the table; q[12] scales the
    third coordinate (a table drawn at end-diastole serves the shortened heart); tables q[13] of
    radii and q[14] of the factor that makes a radial difference a true distance.
    """
    a, b, c = x - q[0], y - q[1], z - q[2]
    u = q[3] * a + q[4] * b + q[5] * c
    v = q[6] * a + q[7] * b + q[8] * c
    w = (q[9] * a + q[10] * b + q[11] * c) * q[12]
    rho = sqrt(u * u + v * v) + 1e-6
    r = sqrt(rho * rho + w * w)
    row = arctan2(rho, w) * ((ROWS - 1) / _PI)
    column = arctan2(v, u) * (COLUMNS / (2 * _PI))
    column = where(column < 0.0, column + COLUMNS, column)
    i = floor(clip(row, 0.0, ROWS - 1.001))
    j = floor(column) % COLUMNS
    k = (j + 1) % COLUMNS
    s, t = row - i, column - floor(column)
    radii, factors = floor(q[13] + 0.5), floor(q[14] + 0.5)
    radius = _between(tables, radii, i, j, k, s, t)
    return (r - radius) * _between(tables, factors, i, j, k, s, t)


@register_jitable
def _between(
    tables: Value, table: Value, i: Value, j: Value, k: Value, s: Value, t: Value
) -> Value:
    """A table's value between rows i and i + 1 and columns j and k."""
    near = lookup(tables, table, i, j) * (1.0 - t) + lookup(tables, table, i, k) * t
    far = lookup(tables, table, i + 1, j) * (1.0 - t) + lookup(tables, table, i + 1, k) * t
    return near * (1.0 - s) + far * s


@register_jitable
def leaflet(x: Value, y: Value, z: Value, q: Value) -> Value:
    """One leaflet of a valve, hinged on a ring, in two straight pieces from hinge to tip.

    Centre of the ring q[0:3]; rows of its axes q[3:12]: the first points to the leaflet's middle,
    the third where blood goes; ring radius q[12]. The leaflet runs inward along rays to a pole that
    lies q[13] beyond the centre; half its width q[14], radians about the pole. At its middle it
    bends q[15] mm inward from the hinge at height q[16] and ends q[17] inward at height q[18]; all
    four shrink toward its ends to the part q[19], the later the higher the power q[20]. Half
    thickness q[21].
    """
    a, b, c = x - q[0], y - q[1], z - q[2]
    u = q[3] * a + q[4] * b + q[5] * c + q[13]
    v = q[6] * a + q[7] * b + q[8] * c
    h = q[9] * a + q[10] * b + q[11] * c
    rho = sqrt(u * u + v * v) + 1e-6
    part = absolute(arctan2(v, u)) / q[14]
    inside = minimum(part, 1.0)
    size = 1.0 - (1.0 - q[19]) * power(inside + 1e-6, q[20])
    along = cos(inside * q[14])
    hinge = q[13] * along + sqrt(q[12] * q[12] - q[13] * q[13] * (1.0 - along * along))
    # The profile in the half plane through the pole: hinge, bend, tip.
    mx, my = hinge - size * q[15], size * q[16]
    tx, ty = hinge - size * q[17], size * q[18]
    d = minimum(_segment(rho, h, hinge, 0.0, mx, my), _segment(rho, h, mx, my, tx, ty))
    # Past its ends the leaflet fades into its neighbour's commissure.
    beside = maximum(part - 1.0, 0.0) * q[14] * rho
    return sqrt(d * d + beside * beside) - q[21]


@register_jitable
def cusp(x: Value, y: Value, z: Value, q: Value) -> Value:
    """One pocket of a semilunar valve: at each height an edge from commissure to commissure.

    Centre of the ring q[0:3]; rows of its axes q[3:12]: the first points to the cusp's middle, the
    third where blood goes. The commissures stand at q[12] along the first axis and q[13] to either
    side; the edge's middle lies at q[14] along the first axis at height 0, q[15] at height q[16]
    and q[17] at the rim's height q[18]; it is rounded over q[19] mm. Half thickness q[20].
    """
    a, b, c = x - q[0], y - q[1], z - q[2]
    u = q[3] * a + q[4] * b + q[5] * c
    v = q[6] * a + q[7] * b + q[8] * c
    h = q[9] * a + q[10] * b + q[11] * c
    level = clip(h, 0.0, q[18])
    low = level < q[16]
    lean = where(low, (q[15] - q[14]) / q[16], (q[17] - q[15]) / (q[18] - q[16]))
    middle = q[15] + (level - q[16]) * lean
    # Both halves fold into one, from the edge's middle to the commissure.
    side = sqrt(v * v + q[19] * q[19])
    du, dv = q[12] - middle, q[13]
    size = du * du + dv * dv
    t = clip(((u - middle) * du + side * dv) / size, 0.0, 1.0)
    ex, ey = u - middle - t * du, side - t * dv
    # Where the pocket leans over, a step across it is shorter than a step along the level.
    slope = lean * (1.0 - t) * dv / sqrt(size)
    above = h - level
    return sqrt((ex * ex + ey * ey) / (1.0 + slope * slope) + above * above) - q[20]


@register_jitable
def _segment(x: Value, y: Value, ax: Value, ay: Value, bx: Value, by: Value) -> Value:
    """Distance in a plane to the piece from a to b."""
    px, py, dx, dy = x - ax, y - ay, bx - ax, by - ay
    t = clip((px * dx + py * dy) / (dx * dx + dy * dy + 1e-6), 0.0, 1.0)
    ex, ey = px - t * dx, py - t * dy
    return sqrt(ex * ex + ey * ey)


@register_jitable
def half_space(x: Value, y: Value, z: Value, q: Value) -> Value:
    """Behind the plane through q[0:3] with outward unit normal q[3:6]."""
    return (x - q[0]) * q[3] + (y - q[1]) * q[4] + (z - q[2]) * q[5]


@register_jitable
def column(x: Value, y: Value, z: Value, q: Value) -> Value:
    """Endless column: centre q[0:3], unit axes across q[3:6] and q[6:9], half widths q[9], q[10],
    exponent q[11] of its rounded-box outline."""
    a, b, c = x - q[0], y - q[1], z - q[2]
    u = absolute(q[3] * a + q[4] * b + q[5] * c) / q[9]
    v = absolute(q[6] * a + q[7] * b + q[8] * c) / q[10]
    g = power(power(u, q[11]) + power(v, q[11]) + 1e-9, 1.0 / q[11])
    return (g - 1.0) * minimum(q[9], q[10])


@register_jitable
def wedge(x: Value, y: Value, z: Value, q: Value) -> Value:
    """Within an angle of a direction about an axis: point on the axis q[0:3], unit axis q[3:6],
    unit direction q[6:9] across it, cosine and sine of the half angle q[9], q[10]."""
    a, b, c = x - q[0], y - q[1], z - q[2]
    along = a * q[3] + b * q[4] + c * q[5]
    a, b, c = a - along * q[3], b - along * q[4], c - along * q[5]
    toward = a * q[6] + b * q[7] + c * q[8]
    aside = sqrt(maximum(a * a + b * b + c * c - toward * toward, 0.0))
    return aside * q[9] - toward * q[10]


@register_jitable
def growth(x: Value, y: Value, z: Value, q: Value) -> Value:
    """How much more a referred structure is grown at a point, mm: q[0:3] . place + q[3], eased into
    the bounds q[4] and q[5]."""
    span = q[5] - q[4]
    t = (x * q[0] + y * q[1] + z * q[2] + q[3] - q[4]) / maximum(span, 1e-6)
    t = clip(t, 0.0, 1.0)
    return q[4] + span * t * t * (3.0 - 2.0 * t)


@register_jitable
def smooth_union(a: Value, b: Value, blend: Value) -> Value:
    """The nearer of two distances, rounded over `blend` mm where they meet."""
    h = maximum(blend - absolute(a - b), 0.0) / maximum(blend, 1e-6)
    return minimum(a, b) - h * h * blend * 0.25
