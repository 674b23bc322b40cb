"""The part of the world of each country named in the strangers' file: UN M49 subregions, as small ones are merged.

Source: United Nations Statistics Division, Standard country or area codes for statistical use (M49). Taiwan and Hong
Kong stand with Eastern Asia; the Caribbean with Central America; Melanesia is not in the file. A region is read off the
*label* of test data and of nothing else: nothing here looks at a name.
"""

from __future__ import annotations

_COUNTRIES = {
    "Eastern Asia": "China, Hong Kong, Japan, Mongolia, South Korea, Taiwan",
    "South-eastern Asia": (
        "Brunei, Cambodia, East Timor, Indonesia, Laos, Malaysia, Myanmar, Philippines, Singapore, Thailand, Vietnam"
    ),
    "Southern Asia": "Afghanistan, Bangladesh, Bhutan, India, Iran, Nepal, Pakistan, Sri Lanka",
    "Western Asia": (
        "Azerbaijan, Iraq, Israel, Jordan, Kuwait, Lebanon, Qatar, Saudi Arabia, Syria, Turkey, United Arab Emirates"
    ),
    "Central Asia": "Kazakhstan, Kyrgyzstan, Tajikistan, Turkmenistan, Uzbekistan",
    "Northern Africa": "Algeria, Egypt, Morocco, Tunisia",
    "Western Africa": "Burkina Faso, Ghana, Ivory Coast, Mali, Nigeria, Senegal",
    "Eastern Africa": "Ethiopia, Kenya, Rwanda, Tanzania, Uganda, Zimbabwe",
    "Middle and Southern Africa": "Botswana, Cameroon, Democratic Republic of the Congo, South Africa",
    "Eastern Europe": "Belarus, Bulgaria, Czech Republic, Poland, Russia, Slovakia, Ukraine",
    "Northern Europe": "Denmark, Finland, Ireland, Norway, Sweden, United Kingdom",
    "Southern Europe": (
        "Bosnia and Herzegovina, Croatia, Italy, Montenegro, North Macedonia, Portugal, Serbia, Slovenia, Spain"
    ),
    "Western Europe": "Austria, Belgium, France, Germany, Netherlands, Switzerland",
    "Central America and the Caribbean": (
        "Costa Rica, Cuba, Dominican Republic, El Salvador, Guatemala, Honduras, Mexico, Nicaragua, Panama, Puerto Rico"
    ),
    "South America": ("Argentina, Bolivia, Brazil, Chile, Colombia, Ecuador, Paraguay, Peru, Uruguay, Venezuela"),
    "Northern America, Australia and New Zealand": "Australia, Canada, New Zealand, United States",
}

REGION_OF = {country: region for region, text in _COUNTRIES.items() for country in text.split(", ")}
"""Country, as the file of strangers names it, to region."""
