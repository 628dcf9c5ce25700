"""Cards of CDS Hooks 2.0: pure functions from a patient, and draft orders, to what a card says."""

from decidua.fhir.cards.counts import Counts
from decidua.fhir.cards.frame import Setting
from decidua.fhir.cards.models import Card, Cards, Coding, Discovery, Link, Service, Source
from decidua.fhir.cards.naming import REASONS, REASONS_SYSTEM, topic_of_card
from decidua.fhir.cards.order_select import order_select
from decidua.fhir.cards.orders import Draft, drafts
from decidua.fhir.cards.patient_view import patient_view

__all__ = [
    "REASONS", "REASONS_SYSTEM", "Card", "Cards", "Coding", "Counts", "Discovery", "Draft", "Link", "Service",
    "Setting", "Source", "drafts", "order_select", "patient_view", "topic_of_card",
]  # fmt: skip
