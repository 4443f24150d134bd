import { cosine } from '../embed/vectors.ts';
import type { Language } from '../text/language.ts';

/** A question and the sentence that answers it, which share as few words as possible. */
type Pair = readonly [question: string, answer: string];

// Every answer is a wrong answer to all other questions, and all are of one trade: only who understands the language gets them right.
const pairs: Readonly<Record<Language, readonly Pair[]>> = {
  de: [
    ['Wie teuer ist eine Kilowattstunde?', 'Wir berechnen Ihnen 31 Cent für den Bezug.'],
    ['Wann muss ich den Vertrag spätestens beenden?', 'Die Kündigung ist uns sechs Wochen vor Ablauf mitzuteilen.'],
    ['Wer liest das Messgerät ab?', 'Der Stand des Zählers wird durch einen Beauftragten des Netzbetreibers erfasst.'],
    ['Was passiert bei einem Stromausfall?', 'Fällt das Netz weg, übernimmt das Notstromaggregat.'],
    [
      'Wie heiß darf das Öl im Trafo werden?',
      'Die Höchsttemperatur der Kühlflüssigkeit im Umspanner liegt bei 95 Grad.',
    ],
    ['Warum springt der Brenner nicht an?', 'Startet der Kessel nicht, fehlt meist die Zündung.'],
    ['Wie reinigt man Solarmodule?', 'Die Photovoltaik wird mit klarem Wasser und weicher Bürste gewaschen.'],
    ['Wie lange hält der Akku?', 'Die Lebensdauer der Batterie beträgt etwa fünfzehn Jahre.'],
    ['Wo kann ich mich beschweren?', 'Für Reklamationen ist die Schlichtungsstelle zuständig.'],
    ['Wie viel verbraucht eine Familie?', 'Ein Haushalt mit vier Personen benötigt 4.000 kWh im Jahr.'],
    ['Welches Werkzeug braucht man für den Filtertausch?', 'Zum Wechseln der Kartusche dient ein Bandschlüssel.'],
    ['Bekomme ich Geld für überschüssige Energie vom Dach?', 'Die Einspeisung wird mit acht Cent vergütet.'],
    ['Darf ein Laie am Schaltschrank arbeiten?', 'Eingriffe in die Verteilung sind Elektrofachkräften vorbehalten.'],
    ['Wie spare ich beim Heizen?', 'Eine niedrigere Raumtemperatur senkt die Kosten für Wärme.'],
    ['Wann ist Elektrizität am billigsten?', 'In den Mittagsstunden sinken die Preise an der Börse.'],
    [
      'Was kostet es, mein Auto zu laden?',
      'Für das Füllen der Fahrzeugbatterie an der Säule fallen 50 Cent je Einheit an.',
    ],
    ['Wer haftet bei Schäden?', 'Für Sachschäden kommt die Versicherung des Betreibers auf.'],
    ['Wie laut ist die Anlage?', 'Der Geräuschpegel des Aggregats bleibt unter 45 Dezibel.'],
    ['Wie oft kommt der Techniker?', 'Eine Wartung durch den Kundendienst findet jährlich statt.'],
    ['Was tun, wenn es nach Gas riecht?', 'Bei austretendem Brennstoff sofort lüften und das Gebäude verlassen.'],
  ],
  en: [
    ['How expensive is a kilowatt-hour?', 'We charge you 31 cents for the supply.'],
    ['When do I have to end the contract at the latest?', 'Notice must reach us six weeks before expiry.'],
    ['Who reads the measuring device?', 'The state of the meter is recorded by a representative of the grid operator.'],
    ['What happens in a blackout?', 'If the mains fails, the emergency generator takes over.'],
    ['How hot may the oil in the transformer get?', 'The maximum temperature of the coolant is 95 degrees.'],
    ['Why does the burner not start?', 'If the boiler stays off, the ignition is usually missing.'],
    ['How do you clean solar modules?', 'Photovoltaic panels are washed with clear water and a soft brush.'],
    ['How long does the accumulator last?', 'The service life of the battery is about fifteen years.'],
    ['Where can I complain?', 'The ombudsman deals with grievances.'],
    ['How much does a family consume?', 'A household of four people needs 4,000 kWh a year.'],
    ['Which tool do I need to exchange the filter?', 'A strap wrench is used to replace the cartridge.'],
    ['Do I get money for surplus energy from the roof?', 'Electricity fed into the grid is paid for with eight cents.'],
    [
      'May a layman work on the switch cabinet?',
      'Only qualified electricians are allowed to open the distribution board.',
    ],
    ['How do I save on heating?', 'A lower room temperature reduces the cost of warmth.'],
    ['When is electricity cheapest?', 'Around noon the prices on the exchange go down.'],
    ['What does it cost to charge my car?', 'Filling the vehicle battery at the station is 50 cents per unit.'],
    ['Who is liable for damage?', "Property losses are covered by the operator's insurance."],
    ['How loud is the installation?', 'The noise level of the unit stays below 45 decibels.'],
    ['How often does the technician come?', 'Maintenance by customer service takes place once a year.'],
    ['What to do when it smells of gas?', 'If fuel escapes, air the room at once and leave the building.'],
  ],
};

/** The texts that a model has to embed to be judged in a language. */
export function competenceTexts(language: Language): { questions: string[]; answers: string[] } {
  return {
    questions: pairs[language].map(([question]) => question),
    answers: pairs[language].map(([, answer]) => answer),
  };
}

/**
 * How well a model finds answers that are worded differently from the question: the mean of one over the rank of the right answer
 * among all answers, 0..1. By guessing it would be 0.18.
 */
export function competence(questions: readonly (readonly number[])[], answers: readonly (readonly number[])[]): number {
  const ranks = questions.map((question, index) => {
    const right = cosine(question, answers[index] ?? []);
    return 1 + answers.filter((answer, other) => other !== index && cosine(question, answer) >= right).length;
  });
  return ranks.length === 0 ? 0 : ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length;
}

/** Under this a model's likenesses say nothing in the language: what it finds near is near by chance. */
const UNDERSTANDS = 0.5;
/** Two standard errors above what guessing gives: with so few pairs, what is below may have been guessed. */
const GUESSING = 0.28;
/** From this competence on a model understands as well as can be told here. */
const FULL = 0.75;

/** Whether a model of this competence understands the language well enough to choose between sentences. */
export function understands(measured: number): boolean {
  return measured >= UNDERSTANDS;
}

/** What a model's competence lets expect of its leg in the fusion, before the tenant's documents have their say. */
export interface ShareExpected {
  /** The dense leg's share. */
  share: number;
  /** What that share may lose against the best one on questions made of the documents' own words, in nDCG. */
  tolerance: number;
}

const LEAST = 0.05;
const MOST = 0.5;
/**
 * Questions made of the documents' own words favour the leg that compares words: by nearly nothing with a model that does not
 * understand, by much with one that would have understood other words too. Against that one they only count where it fails.
 */
const TOLERANCE = { understood: 0.15, notUnderstood: 0.015 };

/** The share is linear between guessing and full competence. Measured on sets in German and English with two models: docs/adr/0023 and 0024. */
export function expectedShare(measured: number): ShareExpected {
  const part = Math.max(0, Math.min(1, (measured - GUESSING) / (FULL - GUESSING)));
  const tolerance = understands(measured) ? TOLERANCE.understood : TOLERANCE.notUnderstood;
  return { share: LEAST + (MOST - LEAST) * part, tolerance };
}
