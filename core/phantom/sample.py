"""One random picture with its masks, as a recogniser sees it: for training by the thousand."""

import numpy as np
from numpy.typing import NDArray

from core.domain import View
from core.phantom.anatomy import Heart
from core.phantom.clip import DEPTH_MM, STANDARD_DEG
from core.phantom.imaging import Machine, draw_scatter, image
from core.phantom.labels import LABELS, label_masks
from core.phantom.old_cycle import moment
from core.phantom.old_patient import draw_patient
from core.phantom.scan import make_screen
from core.phantom.views import Offset, Plane, moved, plane_of, unit


def render_sample(
    view: View, *, seed: int, size: int = 256
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], View]:
    """A random patient, moment, machine and hand.

    Args:
        view: what to show; OTHER gives a plane far from every standard one.
        seed: of everything.
        size: side of the square, px.

    Returns:
        image uint8 [size, size], black outside the fan; masks uint8 [16, size, size], 0 or 1, in
        the order of `RegionLabel`; the view.
    """
    rng = np.random.default_rng((seed, 4242))
    person = draw_patient(seed)
    machine = _machine(view, rng)
    heart = Heart(person, moment(person, float(rng.random()), breath=float(rng.random())))
    still = Heart(person, moment(person, 0.0))
    plane = _stray_plane(still, rng) if view is View.OTHER else _near_plane(still, view, rng)
    scatter = draw_scatter(machine, person.quality, rng)
    screen = make_screen(machine, width=size, height=size)
    picture = screen.polar_to_screen(image(heart, plane, machine, scatter, rng))
    masks = np.zeros((len(LABELS), size, size), np.uint8)
    for index, flat in enumerate(label_masks(heart, screen.to_heart(plane)).values()):
        masks[index][screen.inside] = flat
    return picture, masks, view


def _machine(view: View, rng: np.random.Generator) -> Machine:
    depth = DEPTH_MM.get(view, 160.0) * np.exp(rng.normal(0, 0.11))
    curved = rng.random() < 0.15
    return Machine(
        half_angle_deg=float(rng.uniform(28, 34) if curved else rng.uniform(30, 46)),
        depth_mm=float(depth),
        face_mm=float(rng.uniform(25, 55)) if curved else 0.0,
        beams=128,
        samples=256,
        dynamic_range_db=float(rng.uniform(38, 66)),
        gain_db=float(rng.normal(0, 4)),
        blur_lateral=float(rng.uniform(0.8, 2.0)),
        blur_axial=float(rng.uniform(0.6, 1.6)),
        focus_mm=float(rng.uniform(50, 120)),
        gamma=float(np.exp(rng.normal(0.1, 0.25))),
    )


def _near_plane(heart: Heart, view: View, rng: np.random.Generator) -> Plane:
    """A hand that holds the view, not perfectly."""
    # The vein is thin: a hand that holds it strays less, or the picture would not show it.
    sd = STANDARD_DEG / (3.2 if view is View.SC_IVC else 1.6)
    offset = Offset(
        rotate_deg=rng.normal(0, sd),
        tilt_deg=rng.normal(0, 0.6 * sd),
        rock_deg=rng.normal(0, sd),
        slide_x_mm=rng.normal(0, 5),
        slide_y_mm=rng.normal(0, 0.5 * sd),
    )
    return moved(plane_of(heart, view), offset)


def _stray_plane(heart: Heart, rng: np.random.Generator) -> Plane:
    """A plane that misses: past the heart, through liver, lung or vessels, or far off any view."""
    if rng.random() < 0.35:
        views = [v for v in View if v is not View.OTHER]
        base = plane_of(heart, views[int(rng.integers(len(views)))])
        away = Offset(
            tilt_deg=float(rng.choice([-1, 1]) * rng.uniform(40, 75)),
            rotate_deg=float(rng.uniform(-60, 60)),
            slide_y_mm=float(rng.choice([-1, 1]) * rng.uniform(25, 60)),
        )
        return moved(base, away)
    origin = unit(rng.normal(size=3)) * rng.uniform(120, 210)
    target = unit(rng.normal(size=3)) * rng.uniform(60, 130)
    down = unit(target - origin)
    right = unit(np.cross(down, rng.normal(size=3)))
    return Plane(origin=origin, down=down, right=right)
