import { expect, test } from 'vitest';
import { parseSimConfig } from '../sim-config.ts';
import { drawSvg, drawText } from './draw.ts';
import { previewOf } from './panels.ts';

const GOLDEN = [
  'a <day>',
  '',
  'power, kW',
  '    3.00    █',
  '           ▄█',
  '           ██',
  '          ███',
  '         ▄███',
  '   -1.00 ████',
  '',
];

test('a small picture, as text and as SVG', () => {
  const values = Float64Array.from([0, 1, 2, 3, -1]);
  const preview = { title: 'a <day>', fromMs: 0, toMs: 1, panels: [{ title: 'power', unit: 'kW', values }] };
  expect(drawText(preview, 15).split('\n')).toEqual(GOLDEN);
  const svg = drawSvg(preview);
  expect(svg).toContain('a &lt;day>');
  expect(svg).toContain('points="64.0,147.5 284.0,115.0 504.0,82.5 724.0,50.0 944.0,180.0"');
});

test('the same preview every time; days of 23 and 25 hours have their quarters', () => {
  const config = parseSimConfig('');
  const draw = (): string => drawText(previewOf(config, 'day', Date.parse('2025-06-02T12:00:00Z')), 60);
  expect(draw()).toBe(draw());
  const quarters = (day: string): number | undefined =>
    previewOf(config, 'day', Date.parse(`${day}T12:00:00Z`)).panels[0]?.values.length;
  expect([quarters('2026-03-29'), quarters('2026-10-25')]).toEqual([92, 100]);
});
