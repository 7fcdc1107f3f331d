"""Where SMS may go, and how many."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from election.rules.texts import NO_DOUBLES

# The codes of ISO 3166-1, and Kosovo's.
_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD "
    "CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD "
    "GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI "
    "KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW "
    "MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC "
    "SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ "
    "VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
# France and its overseas always receive SMS, and have no limit by country.
FRENCH_COUNTRIES = frozenset({"FR", "BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"})


def _known(code: str) -> str:
    if code not in _COUNTRIES.split():
        raise ValueError(f"`{code}` is no country; write its ISO 3166 code in two capitals, as `BE`")
    return code


CountryCode = Annotated[str, AfterValidator(_known)]
Limit = Annotated[int, Field(ge=1)]


class SmsRules(BaseModel, frozen=True, extra="forbid"):
    """The countries that receive SMS beside France and its overseas, and the limits that protect the organiser and strangers.

    Without `countries`, every country receives them. A day and an hour begin with the first SMS that they count.

    - `per_elector_a_day`: above the eight sends of one recovery, so that an elector who begins again is not refused.
    - `per_number_a_day`: above the limit of one elector, who could otherwise use up a number that another one needs.
    - `per_country_an_hour`: of 1.4 million electors, one country abroad has some thousands at most. If one in ten of
      5,000 asks for a code during the last day, and a third of those in one hour, they send 170 SMS.
    """

    countries: Annotated[tuple[CountryCode, ...], NO_DOUBLES] | None = None
    per_elector_a_day: Limit = 10
    per_number_a_day: Limit = 20
    per_country_an_hour: Limit = 200

    @model_validator(mode="after")
    def _one_elector_cannot_use_up_a_number(self) -> Self:
        if self.per_number_a_day <= self.per_elector_a_day:
            raise ValueError("`per_number_a_day` must be greater than `per_elector_a_day`")
        return self

    def serves(self, country: str) -> bool:
        """Return whether SMS go to a country, by its ISO 3166 code."""
        return country in FRENCH_COUNTRIES or self.countries is None or country in self.countries
