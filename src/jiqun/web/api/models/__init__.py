"""Tokens, webhooks and their deliveries."""

from jiqun.web.api.models.token import Permission, Token
from jiqun.web.api.models.webhook import Delivery, DeliveryState, Event, Webhook

__all__ = ["Delivery", "DeliveryState", "Event", "Permission", "Token", "Webhook"]
