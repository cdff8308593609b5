"""The models of this package."""

from masthead.forwarding.models.forward import Forward
from masthead.forwarding.models.refusal import Refusal

__all__ = ["Forward", "Refusal"]
