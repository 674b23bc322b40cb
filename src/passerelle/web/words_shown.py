"""Words that only pages need: kinds of subject, their properties and relations, languages, urgencies, outcomes."""

from __future__ import annotations

from passerelle.words import noop

SCHEMA_WORDS: dict[str, str] = {
    "Person": noop("Person"),
    "Address": noop("Address"),
    "Vehicle": noop("Vehicle"),
    "Phone": noop("Phone"),
    "BankAccount": noop("Bank account"),
    "Identification": noop("Identity document"),
    "Company": noop("Company"),
    "Organization": noop("Organisation"),
    "LegalEntity": noop("Person or organisation"),
    "Vessel": noop("Vessel"),
    "Airplane": noop("Aircraft"),
}
"""Kinds of subject, in the order in which a page offers them."""

MAIN_PROPERTY: dict[str, str] = {
    "Person": "name", "Company": "name", "Organization": "name", "LegalEntity": "name", "Address": "full",
    "Vehicle": "registrationNumber", "Vessel": "name", "Airplane": "registrationNumber", "Phone": "phone",
    "BankAccount": "iban", "Identification": "number",
}
"""What a subject of each kind is first known by, when it is written in by hand."""

PROPERTY_WORDS: dict[str, str] = {
    "name": noop("Name"),
    "alias": noop("Also called"),
    "weakAlias": noop("Nickname"),
    "previousName": noop("Former name"),
    "firstName": noop("First name"),
    "secondName": noop("Second name"),
    "middleName": noop("Middle name"),
    "lastName": noop("Last name"),
    "maidenName": noop("Name at birth"),
    "fatherName": noop("Father's name"),
    "motherName": noop("Mother's name"),
    "title": noop("Title"),
    "birthDate": noop("Born on"),
    "birthPlace": noop("Born in"),
    "birthCountry": noop("Country of birth"),
    "deathDate": noop("Died on"),
    "gender": noop("Gender"),
    "nationality": noop("Nationality"),
    "citizenship": noop("Citizenship"),
    "appearance": noop("Appearance"),
    "position": noop("Position"),
    "profession": noop("Profession"),
    "passportNumber": noop("Passport"),
    "idNumber": noop("Number of identity"),
    "socialSecurityNumber": noop("National register number"),
    "taxNumber": noop("Tax number"),
    "vatCode": noop("VAT number"),
    "registrationNumber": noop("Registration number"),
    "phone": noop("Phone number"),
    "email": noop("E-mail"),
    "website": noop("Website"),
    "address": noop("Address"),
    "full": noop("Full address"),
    "street": noop("Street"),
    "number": noop("Number"),
    "box": noop("Box"),
    "postalCode": noop("Postcode"),
    "city": noop("Town"),
    "region": noop("Region"),
    "country": noop("Country"),
    "model": noop("Make and model"),
    "color": noop("Colour"),
    "colour": noop("Colour"),
    "type": noop("Type"),
    "buildDate": noop("Built on"),
    "owner": noop("Owner"),
    "flag": noop("Flag"),
    "imoNumber": noop("IMO number"),
    "callSign": noop("Call sign"),
    "iban": noop("IBAN"),
    "accountNumber": noop("Account number"),
    "bic": noop("BIC"),
    "bankName": noop("Bank"),
    "authority": noop("Issued by"),
    "legalForm": noop("Legal form"),
    "incorporationDate": noop("Founded on"),
    "description": noop("Description"),
    "summary": noop("Summary"),
    "notes": noop("Notes"),
    "topics": noop("Listed as"),
    "program": noop("List"),
    "sourceUrl": noop("Source"),
}
"""Properties of FollowTheMoney, as a reader calls them; one that is not listed is shown by its own name."""

RELATION_WORDS: dict[str, str] = {
    "child_of": noop("child of"),
    "parent_of": noop("parent of"),
    "sibling_of": noop("brother or sister of"),
    "spouse_of": noop("partner of"),
    "lives_at": noop("lives at"),
    "located_at": noop("located at"),
    "drives": noop("drives"),
    "uses": noop("uses"),
    "in_contact_with": noop("in contact with"),
    "works_for": noop("works for"),
    "owns": noop("owns"),
    "is_one_of": noop("may be (one of several)"),
}

MENTION_WORDS: dict[str, str] = {
    "person": noop("person"),
    "nameless": noop("somebody without a name"),
    "organisation": noop("organisation"),
    "address": noop("address"),
    "vehicle": noop("vehicle or plate"),
    "phone": noop("phone number"),
    "account": noop("bank account"),
    "document": noop("identity document"),
    "date": noop("date"),
    "other": noop("something else"),
}
"""What is marked in a text, by kind."""

LANGUAGE_WORDS: dict[str, str] = {
    "nl": noop("Dutch"),
    "fr": noop("French"),
    "de": noop("German"),
    "en": noop("English"),
}

URGENCY_WORDS: dict[str, str] = {
    "danger": noop("danger to life"),
    "urgent_direct": noop("urgent, directly accessible"),
    "urgent": noop("urgent"),
    "normal": noop("not urgent"),
}

OUTCOME_WORDS: dict[str, str] = {
    "whole": noop("the whole report went"),
    "extract": noop("an extract went"),
    "pointer": noop("a pointer went"),
    "same": noop("judged the same"),
    "different": noop("judged different"),
    "unsure": noop("judged unsure"),
    "upheld": noop("upheld"),
    "overturned": noop("overturned"),
    "parted": noop("the match was parted"),
    "recalled": noop("recalled"),
    "destroyed": noop("every copy was destroyed"),
    "answered": noop("the person was answered"),
    "consented": noop("it was passed on, as was asked"),
    "by_silence": noop("nobody answered in time; it was filed openly and passed on"),
    "gone": noop("the report was withdrawn or erased"),
    "again": noop("the match was parted; it would be owed anew"),
    "corrected": noop("the copy was corrected"),
    "removed": noop("the copy was removed"),
    "restricted": noop("the copy was marked as restricted"),
    "not_found": noop("no copy was found"),
    "refused": noop("the copy is kept: a law asks for it"),
}
"""How a duty that has ended came out, where an acknowledgement does not say it."""

CHANGED_WORDS: dict[str, str] = {
    "text": noop("Text"),
    "language": noop("Language"),
    "grade": noop("Grade"),
    "assessment": noop("An assessment, not a fact"),
    "handling_note": noop("Note of handling"),
    "themes": noop("Themes"),
    "learnt_on": noop("Learnt on"),
    "unsure": noop("The match is judged unsure"),
    "subject_gone": noop("No longer spoken of"),
    "subject_new": noop("Newly spoken of"),
    "schema": noop("Kind"),
    "category": noop("Category"),
    "caption": noop("How the text puts it"),
    "relations": noop("How they hang together"),
    "blacked_out": noop("Blacked out"),
    "yours": noop("Which of your subjects it concerns"),
}
"""What can change in what travelled, beside the properties of a subject."""

WISHES: dict[str, dict[str, str]] = {
    "whose": {"all": noop("All"), "mine": noop("Taken by me"), "unassigned": noop("Nobody's in particular")},
    "when": {"all": noop("Any time"), "late": noop("Late"), "today": noop("Before midnight")},
    "urgency": {"": noop("Any urgency")},
}
"""What one may want to see of the desk's queue."""
