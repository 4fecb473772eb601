"""Country codes: ISO 3166, the signs on road vehicles, the numbers on railway vehicles."""

_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
    JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY
    MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM
    PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
    UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    XI XK
"""

COUNTRIES = frozenset(_CODES.split())
"""*Source*: ISO 3166-1 alpha-2, with XI (Northern Ireland, as customs write it) and XK (Kosovo)."""

_SIGNS = {
    "A": "AT", "B": "BE", "D": "DE", "E": "ES", "F": "FR", "H": "HU", "I": "IT", "L": "LU", "M": "MT", "N": "NO",
    "P": "PT", "S": "SE", "V": "VA",
    "AND": "AD", "ARM": "AM", "AUT": "AT", "BEL": "BE", "BGR": "BG", "BIH": "BA", "CHE": "CH", "CYP": "CY",
    "CZE": "CZ", "DEU": "DE", "DNK": "DK", "DZA": "DZ", "EGY": "EG", "ESP": "ES", "EST": "EE", "FIN": "FI",
    "FRA": "FR", "GBR": "GB", "GRC": "GR", "HRV": "HR", "HUN": "HU", "IRL": "IE", "ISR": "IL", "ITA": "IT",
    "LAR": "LY", "LBN": "LB", "LTU": "LT", "LUX": "LU", "LVA": "LV", "MAR": "MA", "MDA": "MD", "MKD": "MK",
    "MLT": "MT", "MNE": "ME", "NLD": "NL", "NMK": "MK", "NOR": "NO", "POL": "PL", "PRT": "PT", "ROU": "RO",
    "RSM": "SM", "RUS": "RU", "SLO": "SI", "SRB": "RS", "SVK": "SK", "SVN": "SI", "SWE": "SE", "SYR": "SY",
    "TUN": "TN", "TUR": "TR", "UKR": "UA",
    "EL": "GR", "FL": "LI", "RL": "LB", "UK": "GB",
}  # fmt: skip

_RAILWAYS = {
    "10": "FI", "20": "RU", "21": "BY", "22": "UA", "23": "MD", "24": "LT", "25": "LV", "26": "EE", "27": "KZ",
    "28": "GE", "29": "UZ", "30": "KP", "31": "MN", "32": "VN", "33": "CN", "40": "CU", "41": "AL", "42": "JP",
    "44": "BA", "49": "BA", "50": "BA", "51": "PL", "52": "BG", "53": "RO", "54": "CZ", "55": "HU", "56": "SK",
    "57": "AZ", "58": "AM", "59": "KG", "60": "IE", "61": "KR", "62": "ME", "65": "MK", "66": "TJ", "67": "TM",
    "68": "AF", "70": "GB", "71": "ES", "72": "RS", "73": "GR", "74": "SE", "75": "TR", "76": "NO", "78": "HR",
    "79": "SI", "80": "DE", "81": "AT", "82": "LU", "83": "IT", "84": "NL", "85": "CH", "86": "DK", "87": "FR",
    "88": "BE", "90": "EG", "91": "TN", "92": "DZ", "93": "MA", "94": "PT", "95": "IL", "96": "IR", "97": "SY",
    "98": "LB", "99": "IQ",
}  # fmt: skip


def vehicle_country(sign: str) -> str | None:
    """The country of a sign beside a licence plate, none when unknown.

    *Shape*: ISO alpha-2, ISO alpha-3 or the distinguishing sign, of Europe and the Mediterranean. Where a sign
    of two letters is another country's ISO code (ET is Egypt's sign, Ethiopia's code), the code wins.
    *Source*: Convention on Road Traffic (Vienna 1968), annex 3.
    """
    return sign if sign in COUNTRIES else _SIGNS.get(sign)


def railway_country(number: str) -> str | None:
    """The country that registered a railway vehicle, none when unknown. *Source*: UIC 920-14."""
    return _RAILWAYS.get(number)
