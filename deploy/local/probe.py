"""Does a Kafka broker answer here? Asked in Kafka's own protocol, without a client library.

An open port says little: the listener is bound long before requests are handled.
"""

import secrets
import socket
import struct

_API_VERSIONS = 18
_REQUEST = struct.Struct(">ihhih")  # length of the rest, api key, api version, correlation id, client id
_REPLY = struct.Struct(">iih")  # length of the rest, correlation id, error code
_NULL = -1


def answers(host: str, port: int, timeout_seconds: float = 1.0) -> bool:
    """Whether a broker at this address answers an ApiVersions request without an error.

    *Units*: ``timeout_seconds`` bounds the connection and each wait for a part of the reply.
    *Source*: Kafka protocol guide, ApiVersions version 0, request header version 1.
    """
    correlation = secrets.randbelow(1 << 31)
    request = _REQUEST.pack(_REQUEST.size - 4, _API_VERSIONS, 0, correlation, _NULL)
    try:
        with socket.create_connection((host, port), timeout_seconds) as connection:
            connection.sendall(request)
            reply = _receive(connection, _REPLY.size)
    except OSError:
        return False
    if len(reply) < _REPLY.size:
        return False
    _, answered, error_code = _REPLY.unpack(reply)
    return bool(answered == correlation and error_code == 0)


def _receive(connection: socket.socket, size_bytes: int) -> bytes:
    """So many bytes, fewer when the other side closes."""
    received = b""
    while len(received) < size_bytes:
        part = connection.recv(size_bytes - len(received))
        if not part:
            break
        received += part
    return received
