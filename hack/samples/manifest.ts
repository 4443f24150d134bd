/** What is made from one source text. */
export interface SampleEntry {
  /** Markdown file in `hack/samples/sources`. */
  readonly source: string;
  /** Where the result goes, from the repository's root. */
  readonly output: string;
  readonly format: 'pdf' | 'docx' | 'html' | 'scan' | 'encrypted';
  readonly language: 'de' | 'en';
}

const sample = (name: string, format: 'pdf' | 'docx' | 'html', language: 'de' | 'en' = 'de'): SampleEntry => ({
  source: `${name}.md`,
  output: `docs/samples/${name}.${format}`,
  format,
  language,
});

/** Every generated sample. The TXT and Markdown samples in `docs/samples` are written by hand and are their own sources. */
export const manifest: readonly SampleEntry[] = [
  sample('pv-eigenverbrauch-und-speicher', 'html'),
  sample('stromliefervertrag-muster-agb', 'docx'),
  sample('steuerbare-verbrauchseinrichtungen-14a', 'pdf'),
  sample('lastspitzenmanagement-industrie', 'pdf'),
  sample('energieaudit-und-iso-50001', 'pdf'),
  sample('wartungsanleitung-trafostation', 'pdf'),
  sample('preisblatt-netzentgelte', 'pdf'),
  sample('power-quality-en50160', 'pdf', 'en'),
  {
    source: 'pruefprotokoll-zaehlerwechsel-scan.md',
    output: 'docs/samples/pruefprotokoll-zaehlerwechsel-scan.pdf',
    format: 'scan',
    language: 'de',
  },
  {
    source: 'stromliefervertrag-muster-agb.md',
    output: 'e2e/fixtures/encrypted.pdf',
    format: 'encrypted',
    language: 'de',
  },
];
