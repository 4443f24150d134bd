import type { Language } from './documents.ts';

/** What documents are made of. `{name}` is replaced by one of the words of that name, `{number}` by a number. */
export interface Phrases {
  readonly titles: readonly string[];
  readonly headings: readonly string[];
  /** The fact that the document is asked about; `{device}` and `{value}` are the document's own. */
  readonly fact: string;
  readonly question: string;
  readonly devices: readonly string[];
  readonly sentences: readonly string[];
  readonly words: Readonly<Record<string, readonly string[]>>;
}

const places = ['Ahlen', 'Brilon', 'Coswig', 'Dessau', 'Emden', 'Fulda', 'Gera', 'Hagen', 'Idstein', 'Jena', 'Kempten'];

const german: Phrases = {
  titles: ['Prüfbericht', 'Betriebsanweisung', 'Wartungsprotokoll', 'Lastganganalyse', 'Übergabeprotokoll'],
  headings: ['Ausgangslage', 'Durchführung', 'Ergebnisse', 'Maßnahmen', 'Sicherheit', 'Weiteres Vorgehen'],
  fact: 'Die Ansprechschwelle am {device} beträgt {value} Kilowatt und wurde im Prüffeld bestätigt.',
  question: 'Wie hoch ist die Ansprechschwelle am {device}?',
  devices: ['Transformator', 'Wechselrichter', 'Lastabwurfrelais', 'Blockheizkraftwerk', 'Batteriespeicher'],
  sentences: [
    'Die {thing} in {place} wurde am {number}. {month} durch den {person} geprüft.',
    'Bei der Begehung zeigte sich, dass die {thing} im {season} häufiger ausfällt als vorgesehen.',
    'Der Verbrauch lag um {number} Prozent über dem Wert des Vorjahres, vor allem wegen der {thing}.',
    'Für die {thing} ist eine Frist von {number} Tagen einzuhalten, danach entscheidet der {person}.',
    'Zwischen {number} und {number} Uhr darf die {thing} nur mit verminderter Leistung betrieben werden.',
    'Der {person} trägt die abgelesenen Zählerstände in das Betriebstagebuch ein und unterschreibt sie.',
    'Vor Arbeiten an der {thing} sind die fünf Sicherheitsregeln anzuwenden und die Anlage freizuschalten.',
    'Die Messung ergab {number} Ampere je Phase; zulässig sind für diese {thing} {number} Ampere.',
    'Im {month} soll die {thing} ausgetauscht werden, sofern der Netzbetreiber {place} zustimmt.',
    'Überschüssige Energie aus der Photovoltaik lädt zuerst den Speicher und fließt danach ins Netz.',
    'Eine Spitze von {number} Kilowatt im {season} erhöht den Leistungspreis des ganzen Jahres.',
    'Ersatzwerte werden nach dem Verfahren des Standardlastprofils gebildet und als solche gekennzeichnet.',
  ],
  words: {
    place: places,
    thing: [
      'Schaltanlage',
      'Umspannstation',
      'Wärmepumpe',
      'Kälteanlage',
      'Ladesäule',
      'Messeinrichtung',
      'Notstromversorgung',
      'Lüftungsanlage',
      'Druckluftstation',
      'Straßenbeleuchtung',
    ],
    person: ['Anlagenverantwortliche', 'Netzmeister', 'Energiebeauftragte', 'Messstellenbetreiber', 'Schichtführer'],
    month: ['Januar', 'März', 'Mai', 'Juli', 'September', 'November'],
    season: ['Winter', 'Frühjahr', 'Sommer', 'Herbst'],
  },
};

const english: Phrases = {
  titles: ['Inspection report', 'Operating procedure', 'Maintenance record', 'Load analysis', 'Handover record'],
  headings: ['Background', 'Procedure', 'Findings', 'Measures', 'Safety', 'Next steps'],
  fact: 'The response threshold of {device} is {value} kilowatts, as confirmed on the test bench.',
  question: 'What is the response threshold of {device}?',
  devices: ['transformer', 'inverter', 'load shedding relay', 'cogeneration unit', 'battery storage'],
  sentences: [
    'The {thing} in {place} was inspected by the {person} on {number} {month}.',
    'During the walk-through it turned out that the {thing} fails more often in {season} than planned.',
    'Consumption was {number} percent above the previous year, mainly because of the {thing}.',
    'A period of {number} days applies to the {thing}; after that the {person} decides.',
    'Between {number} and {number} hours the {thing} may only run at reduced power.',
    'The {person} enters the meter readings in the log book and signs them.',
    'Before work on the {thing} begins, the five safety rules apply and the plant is isolated.',
    'The measurement gave {number} amperes per phase; {number} amperes are permitted for this {thing}.',
    'In {month} the {thing} is to be replaced, provided the grid operator in {place} agrees.',
    'Surplus energy from the solar panels charges the battery first and then goes to the grid.',
    'A peak of {number} kilowatts in {season} raises the capacity charge of the whole year.',
    'Substitute values follow the standard load profile and are marked as such.',
  ],
  words: {
    place: places,
    thing: [
      'switchgear',
      'substation',
      'heat pump',
      'cooling plant',
      'charging station',
      'metering system',
      'emergency supply',
      'ventilation system',
      'compressed air station',
      'street lighting',
    ],
    person: ['plant manager', 'grid supervisor', 'energy officer', 'metering operator', 'shift leader'],
    month: ['January', 'March', 'May', 'July', 'September', 'November'],
    season: ['winter', 'spring', 'summer', 'autumn'],
  },
};

export const phrases: Readonly<Record<Language, Phrases>> = { de: german, en: english };
