"""Encrypted connections: both sides show a certificate of an authority that the other trusts."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from machine import CART
from orthanc import free_port
from scp import Scp

from core.domain import InputError
from core.transfer.records import Trouble, UnreachableError
from core.workstation.inbox import Inbox
from core.workstation.network.contact import echo
from core.workstation.network.receiver import Receiver
from core.workstation.network.tls import client_context, server_context
from core.workstation.nodes import Node
from core.workstation.settings import Settings, TlsFiles


class Authority:
    """Signs certificates and writes them as PEM."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(_pem(self._signed(self.name, self.key, is_authority=True)))

    def files(self, name: str) -> TlsFiles:
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate, secret = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        certificate.write_bytes(_pem(self._signed(who, key, is_authority=False)))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return TlsFiles(certificate=str(certificate), key=str(secret), authority=str(self.path))

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def test_an_encrypted_node_answers_only_those_whom_it_trusts(tmp_path: Path):
    ours, strangers = Authority(tmp_path, "hospital"), Authority(tmp_path, "stranger")
    settings = Settings(tls=ours.files("echolab"))
    archive = Scp()
    with archive.up(ssl_context=server_context(ours.files("pacs"))):
        echo(archive.node(tls=True), settings)
        with pytest.raises(UnreachableError):
            echo(archive.node(tls=False), settings)
        with pytest.raises(UnreachableError) as untrusted:
            echo(archive.node(tls=True), Settings(tls=strangers.files("other")))
        assert untrusted.value.trouble is Trouble.TLS


def test_we_receive_encrypted_only_from_those_whom_we_trust(tmp_path: Path):
    ours, strangers = Authority(tmp_path, "hospital"), Authority(tmp_path, "stranger")
    settings = Settings(port=free_port(), listen_tls=True, tls=ours.files("echolab"), nodes=(CART,))
    us = Node(name="us", ae_title="ECHOLAB", host="127.0.0.1", port=settings.port, tls=True)
    cart = Settings(ae_title="CART1", tls=ours.files("cart"))
    receiver = Receiver(settings, Inbox(tmp_path / "incoming"), promised=lambda _: None)
    try:
        echo(us, cart)
        for other in (replace(cart, tls=strangers.files("x")), replace(cart, tls=TlsFiles())):
            with pytest.raises(UnreachableError):
                echo(us, other)
        with pytest.raises(UnreachableError):
            echo(replace(us, tls=False), cart)
    finally:
        receiver.close()


def test_certificate_files_that_are_none_are_said(tmp_path: Path):
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    with pytest.raises(InputError, match="TLS"):
        client_context(TlsFiles(authority=str(wrong)))
    with pytest.raises(InputError, match="TLS"):
        client_context(TlsFiles())
