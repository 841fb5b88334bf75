"""How the demo's services start: Tiera defines their channels and marks them as started; one is still prepared."""

from backend.bulletins import start_verbs
from backend.demo.stage import Stage
from backend.parties import service_verbs
from backend.parties.service_verbs import Channel
from backend.parties.states import ServiceChannelKind

K = ServiceChannelKind
PORTAL = Channel(
    kind=K.PORTAL,
    address="Palveluportaali, Uusi pyyntö",
    hours="Portaali on auki aina, palvelupiste vastaa arkisin klo 8–16",
    for_whom="Asiakkaiden pääkäyttäjät ja Tiera",
)
PHONE = Channel(
    kind=K.PHONE, address="010 555 0140", hours="Arkisin klo 8–16", for_whom="Kiireelliset häiriöt: pääkäyttäjät"
)
ON_CALL = Channel(
    kind=K.ON_CALL, address="010 555 0199", hours="Muina aikoina, myös öisin", for_whom="Kriittiset häiriöt: Tiera"
)
CHANNELS = {"VAKA": (PORTAL, PHONE, ON_CALL), "KOULU": (PORTAL,), "INT": (PORTAL, ON_CALL), "RAP": (PORTAL,)}
"""Of two of them crisis communication is not agreed: they start with a warning."""


async def start(stage: Stage) -> None:
    """All but the one that comes later, on the day on which communication is agreed."""
    for service, channels in CHANNELS.items():
        for channel in channels:
            await stage.act(
                "service_manager",
                service_verbs.define_service_channel,
                service_id=stage.ids[service],
                channel=channel,
            )
        await stage.act(
            "service_manager",
            start_verbs.start_service,
            service_id=stage.ids[service],
            started_on=stage.clock.date(),
        )
