"""Encrypted connections by the settings' certificates (PS3.15 annex B).

Each side shows a certificate that an authority has signed which the other side trusts. Names in
certificates are not compared with hosts: hospital nodes are known by numeric addresses.
"""

import ssl

from core.domain import InputError
from core.workstation.settings import TlsFiles


def client_context(files: TlsFiles) -> ssl.SSLContext:
    """For connections that we open. Raises InputError where the files cannot be used."""
    if not files.authority:
        raise InputError("TLS: name the authority that signs the nodes' certificates in Settings")
    context = _context(ssl.PROTOCOL_TLS_CLIENT, files)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """For connections that come in: only with a certificate that we trust. Raises InputError."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, files)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _context(protocol: int, files: TlsFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if files.authority:
            context.load_verify_locations(cafile=files.authority)
        if files.certificate:
            context.load_cert_chain(files.certificate, files.key)
    except (OSError, ValueError) as error:
        raise InputError(f"TLS: the certificate files cannot be used ({error})") from error
    return context
