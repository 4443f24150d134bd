import { expect, it } from 'vitest';
import { asksForFigure, givesFigure } from './answer-type.ts';

it.each([
  ['Wie hoch ist die Konzessionsabgabe?', 'de', true],
  ['Bis wann müssen Gebote abgegeben werden?', 'de', true],
  ['Ab welcher Leistung ist das Pflicht?', 'de', true],
  ['Was ist der Autarkiegrad?', 'de', false],
  ['Wie berechnet man die Benutzungsdauer?', 'de', false],
  ['How often is it checked?', 'en', true],
  ['At which voltage does it stop?', 'en', true],
  ['What is a dip?', 'en', false],
] as const)('%s (%s) asks for a figure: %s', (question, language, expected) => {
  expect(asksForFigure(question, language)).toBe(expected);
});

it.each([
  ['Alle vier Jahre.', 'de', true],
  ['Sie wird jährlich geprüft.', 'de', true],
  ['höchstens 70 °C', 'de', true],
  ['Das ist Pflicht.', 'de', false],
  ['It is checked every month.', 'en', true],
  ['It is checked.', 'en', false],
] as const)('%s (%s) gives one: %s', (text, language, expected) => {
  expect(givesFigure(text, language)).toBe(expected);
});
