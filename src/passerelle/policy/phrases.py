"""The sentences that stand in the tables of policy, marked here so that the catalogue collects them for translation.

A test says which sentence of a table is missing here, and which one here no table has any more.
"""

from __future__ import annotations

from passerelle.words import noop

PHRASES: tuple[str, ...] = (
    noop("to carry out a duty that I hold, or my desk"),
    noop("to work on what I filed or opened myself"),
    noop("to read what was passed on to our desk"),
    noop("for a case I work on"),
    noop("to take over the work of our desk"),
    noop("to supervise my service"),
    noop("a sample of oversight"),
    noop("a request of the person who is recorded"),
    noop("a complaint"),
    noop("something else, in words"),
    noop("live watches that one officer asked for"),
    noop("subjects in one watch"),
    noop("days that a watch lasts"),
    noop("The glass was broken: a life is in danger."),
    noop("Those who lead the service that owns it let this officer read it."),
    noop("The information is not held, or not available."),
    noop("The other service is not the competent authority, or its request is defective."),
    noop("The judicial authorisation that the law asks for was refused."),
    noop("The data are of a category that may not be given."),
    noop("The information was found to be inaccurate, incomplete or out of date."),
    noop("Passing it on would harm essential interests of national security."),
    noop("Passing it on would put an ongoing investigation or a person's safety at risk."),
    noop("Passing it on would unduly harm important interests of a legal person."),
    noop("It concerns an offence of minor gravity, or no offence."),
    noop("The originator, another authority, has not consented."),
    noop("A doubtful source is no lawful ground: its grade travels with the information and never stops it."),
    noop("A lack of time is no lawful ground: a deferral, signed and with an end, is the way to say so."),
    noop("Not having been asked is no lawful ground: what somebody needs is passed on without being asked."),
    noop("The owner filed it openly."),
    noop("The owner asks to be asked first, so that only a pointer travels until its desk has decided."),
    noop("The owner sealed it: nothing travels unless its desk decides."),
    noop("New Year's Day"),
    noop("Easter Monday"),
    noop("Labour Day"),
    noop("Ascension Day"),
    noop("Whit Monday"),
    noop("National Day"),
    noop("Assumption Day"),
    noop("All Saints' Day"),
    noop("Armistice Day"),
    noop("Christmas Day"),
    noop("Day of the Flemish Community"),
    noop("Day of the French Community"),
    noop("Day of the German-speaking Community"),
    noop("Day of Repentance and Prayer"),
    noop("Reformation Day"),
    noop("World Children's Day"),
    noop("Corpus Christi"),
    noop("International Women's Day"),
    noop("Epiphany"),
    noop("Day of German Unity"),
    noop("Victory Day"),
    noop("Liberation Day (Berlin)"),
    noop("Liberation Day"),
    noop("King's Day"),
    noop("Good Friday"),
    noop("Second day of Christmas"),
    noop("Europe Day"),
    noop("the desk"),
    noop("the supervisor"),
    noop("the head of the service"),
    noop("the neutral desk of the exchange"),
    noop("oversight"),
    noop("Preventing, detecting or investigating a criminal offence."),
    noop("Prosecuting a criminal offence or executing a penalty."),
    noop("Safeguarding against and preventing threats to public security."),
    noop("Finding a person who is missing."),
    noop("Protecting a child from violence, neglect or exploitation."),
    noop("Protecting a victim, above all from being made one again."),
    noop("Granting, refusing or closing by the administration, such as a municipality's."),
    noop("Terrorism"),
    noop("Violent radicalisation"),
    noop("Missing persons"),
    noop("Child protection"),
    noop("Domestic violence"),
    noop("Sexual violence"),
    noop("Trafficking in human beings"),
    noop("Firearms"),
    noop("Drugs"),
    noop("Fraud"),
    noop("Money laundering"),
    noop("Cybercrime"),
    noop("Organised crime"),
    noop("Theft and burglary"),
    noop("Public nuisance"),
    noop("The neutral desk and oversight look at what they must judge; they keep no copies."),
    noop("The neutral desk and oversight hold nothing of their own to tell."),
    noop("A life is in danger: those who can act are told the whole at once."),
    noop("A life is in danger: those who stand near are told what they need to protect it."),
    noop("Only a competent authority may be told for the investigation or prosecution of offences."),
    noop("Administrative enforcement is no task of the recipient."),
    noop("Professional secrecy does not yield to administrative enforcement."),
    noop(
        "What was collected to fight crime serves administrative enforcement only as far as a law allows,"
        " so a desk decides."
    ),
    noop(
        "Between services of law enforcement, what concerns a suspect, a contact or a thing travels whole and at once."
    ),
    noop(
        "A witness is told of only in a pointer until a person has judged the match and the desk has "
        "decided, and then in an extract."
    ),
    noop(
        "A victim, a child or a person who is neither suspect nor contact is told of only in a pointer "
        "until a person has judged the match and the desk has decided."
    ),
    noop(
        "Youth care and health services learn from law enforcement that something is held, and more when "
        "a desk has decided."
    ),
    noop("A municipality learns from law enforcement that something is held, and more when a desk has decided."),
    noop(
        "That law enforcement holds something on a person is itself told to a school or a municipality "
        "only when a desk has decided."
    ),
    noop("Victims, witnesses, children and persons not involved are no matter of administrative enforcement."),
    noop(
        "From youth care and health services a pointer travels until a person has judged the match and "
        "the desk has decided, and then an extract."
    ),
    noop(
        "Two youth-care boards share what they hold on one person when a person has judged the match and "
        "the desk has decided; until then, a pointer."
    ),
    noop(
        "Among youth care and health services a pointer travels until a person has judged the match and "
        "the desk has decided, and then an extract."
    ),
    noop("Short of danger to life, professional secrecy does not yield to public safety in general."),
    noop("From a municipality a pointer travels until a person has judged the match and the desk has decided."),
    noop(
        "From a municipality or a school a pointer travels until a person has judged the match and the "
        "desk has decided, and then an extract."
    ),
    noop("It was found to be wrong."),
    noop("It concerns another person than it says."),
    noop("It is no longer needed for what it was kept for."),
    noop("It may not be kept: it was recorded or shared unlawfully."),
    noop("A law or a decision orders that it be erased."),
    noop("The person it concerns asked for it, and was right."),
    noop("Its time was over when it was looked at again."),
    noop(
        "Somebody is still owed this report: pass it on, or withhold it on a ground (e: inaccurate), and "
        "have that reviewed first."
    ),
    noop("A withholding of this report has not been reviewed yet."),
    noop("Somebody broke the glass on this report, and that has not been reviewed yet."),
    noop("A broken glass is reviewed all the same."),
    noop("There is nothing left to review."),
    noop("Nothing rests on the match any more."),
    noop("The recipient owes the correction of its copy instead."),
    noop("The recipient learns in the same duty what became of the report."),
    noop("Who asked is answered all the same."),
    noop("access to what is held on them"),
    noop("that what is wrong be put right"),
    noop("that what may not be kept be erased"),
    noop("that its use be restricted"),
    noop("in person, with an identity document"),
    noop("by electronic identity"),
    noop("by letter, with a copy of an identity document"),
    noop("by a representative, with a mandate and an identity document"),
    noop("You get what is held on you, with this letter."),
    noop("What was wrong was put right, and everybody who had it was told."),
    noop("What was held on you was erased, and everybody who had it was told."),
    noop("The use of what is held on you was restricted, and everybody who had it was told."),
    noop("Nothing is held."),
    noop("It may not be told."),
    noop("What is held is as it should be."),
    noop("It would obstruct official or legal inquiries, investigations or procedures."),
    noop(
        "It would prejudice the prevention, detection, investigation or prosecution of offences, or the "
        "execution of penalties."
    ),
    noop("It would endanger public security."),
    noop("It would endanger national security."),
    noop("It would endanger the rights and freedoms of others."),
    noop("The person contests that it is accurate, and whether it is cannot be ascertained yet."),
    noop("It must be kept as evidence."),
    noop("The person asks that it be restricted and not erased."),
    noop("It speaks of a child."),
    noop("It speaks of a victim or a witness."),
    noop("It is an assessment and not a fact."),
    noop("Every report is looked at again."),
    noop("loaded beforehand for my desk, to judge it next; it may not have been looked at"),
    noop("searches of one officer in an hour"),
    noop("questions of one officer to other services in an hour"),
    noop("questions of one officer in a day that go to nobody who is known to hold it"),
    noop("dossiers that one officer opened in a day"),
    noop("dossiers that one machine opened in a day"),
    noop("subjects that one officer put into dossiers in a day"),
    noop("subjects that one machine put into dossiers in a day"),
)
"""Every `says` of every table, in the order of the tables."""
