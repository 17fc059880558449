"""JSON as it comes over the wire: any value, an object one only reads, an object one builds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Any
JsonObject = Mapping[str, Any]
Payload = dict[str, Any]
