"""What is known of one virtual patient: body, sizes of the heart, function, lesions."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.exam import body_surface_m2
from core.phantom.patient.grading import (
    aortic_grade,
    aortic_vena_contracta,
    atrioventricular_grade,
    atrioventricular_vena_contracta,
)


class Sex(StrEnum):
    """Guideline ranges differ by it."""

    MALE = "M"
    FEMALE = "F"


class HeartRhythm(StrEnum):
    """What sets off the beats."""

    SINUS = "sinus"
    AF = "af"


class Leaflet(StrEnum):
    """Which mitral leaflet prolapses."""

    ANTERIOR = "anterior"
    POSTERIOR = "posterior"


class Severity(StrEnum):
    """How far a case has gone."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Case(StrEnum):
    """The diseases that a patient can be given."""

    DILATED = "dilated"
    HYPERTROPHIC_SEPTAL = "hypertrophic_septal"
    HYPERTROPHIC_CONCENTRIC = "hypertrophic_concentric"
    INFARCT = "infarct"
    TAKOTSUBO = "takotsubo"
    AORTIC_STENOSIS = "aortic_stenosis"
    BICUSPID_AORTIC_VALVE = "bicuspid_aortic_valve"
    AORTIC_REGURGITATION = "aortic_regurgitation"
    MITRAL_STENOSIS = "mitral_stenosis"
    MITRAL_REGURGITATION_FUNCTIONAL = "mitral_regurgitation_functional"
    MITRAL_PROLAPSE = "mitral_prolapse"
    TRICUSPID_REGURGITATION = "tricuspid_regurgitation"
    PULMONARY_HYPERTENSION = "pulmonary_hypertension"
    RV_DILATATION = "rv_dilatation"
    ATRIAL_SEPTAL_DEFECT = "atrial_septal_defect"
    VENTRICULAR_SEPTAL_DEFECT = "ventricular_septal_defect"
    PERICARDIAL_EFFUSION = "pericardial_effusion"
    TAMPONADE = "tamponade"
    AORTIC_DILATATION = "aortic_dilatation"
    ATRIAL_FIBRILLATION = "atrial_fibrillation"


Radii = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartPatient:
    """End-diastolic sizes in mm unless said, function, lesions, and how well the patient images.

    Grades of regurgitation and widths of its jets follow from the effective orifices, so that they
    cannot disagree.

    Attributes:
        seed: of speckle and of everything else random.
        sex, age (years), height_cm, weight_kg: the body.
        heart_rate: beats a minute (mean).
        rhythm: sinus, or atrial fibrillation.
        quality: 0 poor to 1 excellent window.
        case, severity: None for a healthy heart.
        lv_length: mitral plane to endocardial apex.
        lv_radius: largest endocardial radius.
        lv_exponent: 2.4 pointed apex to 4.2 blunt.
        segment_wall: wall thickness of the 16 AHA segments (`segments.SEGMENTS` names them).
        segment_motion: their motion against a normal segment's: 1 normal, .5 hypokinetic, 0
            akinetic, -.3 dyskinetic, above 1 hyperkinetic.
        ef: percent; what the geometry must give.
        annulus_descent: systolic excursion of the mitral annulus (MAPSE).
        torsion_deg: peak twist of the apex against the base.
        septal_flattening, septal_flattening_diastolic: 0 round to 1 flat septum at end-systole and
            through diastole (D shape).
        trabeculation: 0 smooth to 1 coarse endocardium.
        rv_radii: half axes of the RV body (toward rv_angle; across it; along z), its walls' inside.
        rv_angle: degrees about z. rv_offset: of its centre from the LV axis.
        rv_wall: thickness.
        rv_contraction: part of its radii that the RV loses in systole.
        tapse: systolic excursion of the tricuspid annulus.
        la_radii, ra_radii: largest (end-systolic) half axes along x, y, z.
        la_emptying, ra_emptying: part of the largest volume lost until end-diastole.
        tricuspid_distance: of the tricuspid from the mitral centre.
        mitral_ring, tricuspid_ring: radii of the annuli.
        mitral_leaflet_anterior, mitral_leaflet_posterior: lengths.
        mitral_thickness: HALF thickness of the leaflets.
        mitral_opening: 1 normal; in stenosis the square root of the area left.
        mva_cm2: largest mitral orifice that results.
        mitral_prolapse_mm, prolapse_leaflet: how far behind the annulus in systole, and which.
        mitral_tenting_mm: how far the coaptation is held toward the apex, beyond normal.
        annulus_radius, lvot_radius, sinus_radius, stj_radius, ascending_radius, arch_radius,
            descending_radius: of the aorta and its outflow tract.
        av_cusps: 3, or 2. av_opening: 1 normal; in stenosis the square root of the area left.
        ava_cm2: effective aortic orifice that results.
        cusp_thickness: HALF thickness of the aortic cusps.
        pv_radius, pa_radius: pulmonary valve, main pulmonary artery.
        ivc_radius, svc_radius: veins. ivc_collapse: part of it lost in inspiration.
        asd_mm, vsd_mm: diameters of septal defects, 0 none.
        qp_qs: pulmonary over systemic flow; 1 without a shunt.
        effusion_mm: posterior depth of pericardial fluid. tamponade: 0 none to 1.
        mr_eroa_cm2, ar_eroa_cm2, tr_eroa_cm2: effective regurgitant orifices; 0 none.
        ar_pht_ms: pressure half-time of the aortic regurgitant jet.
        tr_vmax_m_s: peak of the RV-RA gradient's jet, seen if there is any regurgitation.
        systolic_bp, diastolic_bp, la_pressure, ra_pressure: mmHg.
        e_prime_septal, e_prime_lateral, rv_s_prime: peak annular velocities, cm/s.
        e_a_ratio: of the mitral inflow velocities, wished for. e_dt_ms: E deceleration time.
    """

    seed: int
    sex: Sex
    age: float
    height_cm: float
    weight_kg: float
    heart_rate: float
    rhythm: HeartRhythm
    quality: float
    case: Case | None
    severity: Severity | None
    lv_length: float
    lv_radius: float
    lv_exponent: float
    segment_wall: tuple[float, ...]
    segment_motion: tuple[float, ...]
    ef: float
    annulus_descent: float
    torsion_deg: float
    septal_flattening: float
    septal_flattening_diastolic: float
    trabeculation: float
    rv_radii: Radii
    rv_angle: float
    rv_offset: float
    rv_wall: float
    rv_contraction: float
    tapse: float
    la_radii: Radii
    ra_radii: Radii
    la_emptying: float
    ra_emptying: float
    tricuspid_distance: float
    mitral_ring: float
    tricuspid_ring: float
    mitral_leaflet_anterior: float
    mitral_leaflet_posterior: float
    mitral_thickness: float
    mitral_opening: float
    mva_cm2: float
    mitral_prolapse_mm: float
    prolapse_leaflet: Leaflet
    mitral_tenting_mm: float
    annulus_radius: float
    lvot_radius: float
    sinus_radius: float
    stj_radius: float
    ascending_radius: float
    arch_radius: float
    descending_radius: float
    av_cusps: int
    av_opening: float
    ava_cm2: float
    cusp_thickness: float
    pv_radius: float
    pa_radius: float
    ivc_radius: float
    ivc_collapse: float
    svc_radius: float
    asd_mm: float
    vsd_mm: float
    qp_qs: float
    effusion_mm: float
    tamponade: float
    mr_eroa_cm2: float
    ar_eroa_cm2: float
    tr_eroa_cm2: float
    ar_pht_ms: float
    tr_vmax_m_s: float
    systolic_bp: float
    diastolic_bp: float
    la_pressure: float
    ra_pressure: float
    e_prime_septal: float
    e_prime_lateral: float
    rv_s_prime: float
    e_a_ratio: float
    e_dt_ms: float

    @property
    def bsa(self) -> float:
        """Body surface, m2."""
        return body_surface_m2(self.height_cm, self.weight_kg)

    @property
    def bmi(self) -> float:
        """kg/m2."""
        return self.weight_kg / (self.height_cm / 100) ** 2

    @property
    def rvsp(self) -> float:
        """Systolic pressure of the right ventricle, mmHg (simplified Bernoulli)."""
        return 4 * self.tr_vmax_m_s**2 + self.ra_pressure

    @property
    def mr_grade(self) -> int:
        """0 none or trace, 1 mild, 2 and 3 moderate, 4 severe."""
        return atrioventricular_grade(self.mr_eroa_cm2)

    @property
    def ar_grade(self) -> int:
        return aortic_grade(self.ar_eroa_cm2)

    @property
    def tr_grade(self) -> int:
        return atrioventricular_grade(self.tr_eroa_cm2)

    @property
    def mr_orifice_mm(self) -> float:
        """Width of the vena contracta."""
        return atrioventricular_vena_contracta(self.mr_eroa_cm2)

    @property
    def ar_orifice_mm(self) -> float:
        return aortic_vena_contracta(self.ar_eroa_cm2)

    @property
    def tr_orifice_mm(self) -> float:
        return atrioventricular_vena_contracta(self.tr_eroa_cm2)
