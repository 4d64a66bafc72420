"""The same by DICOMweb (PS3.18): QIDO-RS to look, WADO-RS to fetch."""

from collections.abc import Iterator

import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset

from core.transfer.records import Trouble, UnreachableError
from core.workstation.nodes import Node
from core.workstation.settings import Settings

TIMEOUT_S = 30.0
_ASKED = ("PatientID", "PatientName", "StudyDate", "ModalitiesInStudy")


def find_by_web(node: Node, query: Dataset, settings: Settings) -> list[Dataset]:
    """QIDO-RS for studies. Raises UnreachableError."""
    filters = {
        keyword: str(query.get(keyword)) for keyword in _ASKED if str(query.get(keyword) or "")
    }
    try:
        answers = _client(node, settings).search_for_studies(
            limit=200,
            search_filters=filters,
            fields=["StudyDescription", "ModalitiesInStudy", "NumberOfStudyRelatedInstances"],
        )
        return [Dataset.from_json(answer) for answer in answers]
    except (requests.RequestException, ValueError) as error:
        raise _trouble(error) from error


def fetch_by_web(node: Node, study_uid: str, settings: Settings) -> Iterator[Dataset]:
    """WADO-RS for a whole study, one object after the other. Raises UnreachableError."""
    try:
        yield from _client(node, settings).iter_study(study_uid)
    except (requests.RequestException, ValueError) as error:
        raise _trouble(error) from error


def _client(node: Node, settings: Settings) -> DICOMwebClient:
    session = requests.Session()
    session.trust_env = False  # no proxy, no saved passwords: the address is the hospital's own
    if settings.tls.authority:
        session.verify = settings.tls.authority
    if settings.tls.certificate:
        session.cert = (settings.tls.certificate, settings.tls.key)
    client = DICOMwebClient(url=node.web, session=session, timeout=TIMEOUT_S)
    client.set_http_retry_params(retry=False)
    return client


def _trouble(error: Exception) -> UnreachableError:
    if isinstance(error, requests.exceptions.SSLError):
        return UnreachableError(Trouble.TLS)
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return UnreachableError(Trouble.UNREACHABLE)
    answer = getattr(error, "response", None)
    return UnreachableError(Trouble.OBJECT, "" if answer is None else f"HTTP {answer.status_code}")
