"""Names of people, firms, streets and towns from which the bank's customers are made up."""

from typing import Final

FIRST_NAMES: Final = (
    "Ada", "Amir", "Anneke", "Arjun", "Bea", "Carlo", "Celia", "Dario", "Deniz", "Edith", "Elif", "Emeka", "Erik",
    "Esme", "Felix", "Fiona", "Gita", "Greta", "Hugo", "Ida", "Imran", "Ines", "Jonas", "Juno", "Karim", "Katja",
    "Lars", "Leila", "Liam", "Lotte", "Mabel", "Marco", "Mei", "Milo", "Nadine", "Niall", "Noor", "Olga", "Oscar",
    "Paula", "Pavel", "Rafael", "Ravi", "Rhea", "Ruth", "Samir", "Selma", "Simon", "Sofia", "Sven", "Tara", "Theo",
    "Tilda", "Uma", "Viktor", "Wanda", "Wilf", "Yara", "Yuki", "Zoe",
)  # fmt: skip
LAST_NAMES: Final = (
    "Abbot", "Adeyemi", "Akhtar", "Alder", "Amato", "Arden", "Bakker", "Barlow", "Bauer", "Beck", "Bianchi", "Blythe",
    "Borg", "Brandt", "Calder", "Carver", "Chandra", "Chen", "Claes", "Cole", "Costa", "Crane", "D'Angelo", "Dahl",
    "Deane", "Diaz", "Dubois", "Eklund", "Ellery", "Engel", "Falk", "Farrow", "Ferro", "Fischer", "Flint", "Frost",
    "Garner", "Gruber", "Hale", "Hansen", "Hart", "Hoffmann", "Holt", "Huang", "Ibsen", "Ivanov", "Jansen", "Joshi",
    "Keane", "Khan", "Klein", "Koch", "Kraus", "Lang", "Larsen", "Lehmann", "Linden", "Lowe", "Madsen", "Maier",
    "Marsh", "Mensah", "Meyer", "Moreau", "Müller", "Nagy", "Nilsson", "O'Shea", "Okafor", "Olsen", "Orton", "Osei",
    "Patel", "Pereira", "Petrov", "Quinn", "Ramos", "Reid", "Richter", "Rossi", "Sato", "Schäfer", "Schmidt", "Shah",
    "Silva", "Sommer", "Stone", "Suzuki", "Tanaka", "Thorne", "Ulrich", "Vance", "Varga", "Vega", "Vogel", "Wagner",
    "Weiss", "Wells", "Winter", "Yilmaz",
)  # fmt: skip
FIRMS: Final = (
    "Alder", "Brook", "Cobalt", "Dover", "Ember", "Fjord", "Gable", "Harbour", "Inlet", "Jasper", "Knoll", "Lantern",
    "Maple", "Nimbus", "Orchard", "Pioneer", "Quill", "Ridge", "Sable", "Thistle", "Union", "Vista", "Willow",
    "Zephyr",
)  # fmt: skip
BUSINESSES: Final = (
    "Bakery", "Builders", "Catering", "Dental Practice", "Electrics", "Foods", "Garages", "Hotels", "Joinery",
    "Logistics", "Media", "Packaging", "Pharmacy", "Printing", "Software", "Textiles", "Tools", "Travel",
)  # fmt: skip
FIRM_FORMS: Final = (" Ltd", " GmbH", ", Inc.", " & Sons Ltd", " AG", " LLP")
STREETS: Final = (
    "Alder Street", "Bridge Road", "Church Lane", "Dock Street", "Elm Avenue", "Field Way", "Garden Row",
    "High Street", "Hill Rise", "Kiln Lane", "Linden Allee", "Market Square", "Mill Road", "Orchard Close",
    "Park View", "Station Road",
)  # fmt: skip
TOWNS: Final = (
    "Northwick", "Eastholm", "Southmere", "Westrow", "Ashby Vale", "Birkenfeld-Nord", "Coldbrook", "Dunmere",
    "Falkenau", "Greywater", "Lakeview", "Millhaven",
)  # fmt: skip
DOMAINS: Final = ("example.com", "example.org", "example.net")
