"""The private key that signs our own account tokens, read from a PEM file, and its public half."""

import json
import os
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from skill.settings import SettingsError

ACCESS_LIFETIME = timedelta(minutes=30)
"""How long an access token is good, also when its link ends meanwhile. Alexa wants six minutes at least."""
LEAST_RSA_BITS = 2048


class SigningKey:
    """Signs access tokens (RFC 9068 in its claims) with ES256 or RS256, as the key is."""

    def __init__(self, key: EllipticCurvePrivateKey | RSAPrivateKey, issuer: str, audience: str) -> None:
        self._key = key
        self._issuer = issuer
        self._audience = audience
        self._algorithm = "RS256" if isinstance(key, RSAPrivateKey) else "ES256"
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._key_id = sha256(public).hexdigest()[:16]

    def secret(self, purpose: str) -> bytes:
        """A secret of 32 bytes for another purpose, which tells nothing of the key (HKDF, RFC 5869)."""
        private = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return HKDF(SHA256(), 32, None, purpose.encode()).derive(private)

    def access_token(self, subject: str, client_id: str, at: datetime) -> str:
        """A token for `subject` from `at` on, for half an hour."""
        issued = int(at.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": subject,
            "client_id": client_id,
            "iat": issued,
            "exp": issued + int(ACCESS_LIFETIME.total_seconds()),
            "jti": token_urlsafe(12),
        }
        return jwt.encode(claims, self._key, self._algorithm, headers={"kid": self._key_id, "typ": "at+jwt"})

    def published(self) -> dict[str, object]:
        """The public half as a JWK set (RFC 7517)."""
        public = (
            RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
            if isinstance(self._key, RSAPrivateKey)
            else ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        )
        return {"keys": [{**public, "kid": self._key_id, "use": "sig", "alg": self._algorithm}]}

    def published_bytes(self) -> bytes:
        """The JWK set as it is served."""
        return json.dumps(self.published()).encode()


def read_key(path: Path, issuer: str, audience: str, *, may_create: bool) -> SigningKey:
    """The key in a PEM file; with `may_create` an absent file is made, readable for its owner only.

    Raises SettingsError when there is no such key, or none of the right kind (EC P-256, or RSA of 2048 bits).
    """
    if may_create and not path.exists():
        _create(path)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError("RESTOCK_WEB_KEY_FILE cannot be read as a PEM private key.") from error
    is_ec = isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    is_rsa = isinstance(key, RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey) or not (is_ec or is_rsa):
        raise SettingsError("RESTOCK_WEB_KEY_FILE must hold an EC P-256 key, or an RSA key of 2048 bits.")
    return SigningKey(key, issuer, audience)


def _create(path: Path) -> None:
    made = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
    except FileExistsError:
        return  # another process made it in this moment
    except OSError as error:
        raise SettingsError("RESTOCK_WEB_KEY_FILE cannot be written.") from error
