import { expect, it } from 'vitest';
import { startEvalTenant } from '../eval/eval-tenant.ts';
import { cosine } from '../src/embed/vectors.ts';

/** The texts that tell how well a model knows a language are embedded: seconds on a machine of its own, minutes on a busy one. */
const TIMEOUT_MS = 600_000;

it(
  'the local model that knows German needs no folding, understands both languages and finds what is said in other words',
  { timeout: TIMEOUT_MS },
  async () => {
    const tenant = await startEvalTenant({ ...process.env, EMBEDDING_MODEL: 'multilingual-e5-small' });
    try {
      const texts = {
        'heizung.txt': 'Bei Störungen der Heizungsanlage ist der Bereitschaftsdienst rund um die Uhr erreichbar.',
        'vertrag.txt': 'Nach einem Wohnungswechsel endet die Belieferung mit dem letzten Tag des Mietverhältnisses.',
        'zaehler.txt': 'Das Messgerät im Keller wird zum Jahresende erfasst.',
      };
      for (const [name, text] of Object.entries(texts))
        expect(await tenant.upload(name, text, { language: 'de' })).toBe('done');
      await tenant.services.tuner.check();
      expect(tenant.services.profiles.status()).toMatchObject({ selfTest: 'passed', normalisation: 'none' });
      const { competence } = tenant.services.tuner.status();
      expect(competence.de ?? 0).toBeGreaterThan(0.6);
      expect(competence.en ?? 0).toBeGreaterThan(0.6);
      // What its tokenizer replaces before it cuts a text: line ends and hard spaces with a space, and signs with what they mean.
      const [plain = [], odd = []] = await tenant.services.app
        .profile()
        .embedder.passages([
          'Der Preis ist hoch: 2 m2 kosten 8 Euro...',
          'Der Preis\u00a0ist\nhoch: 2\tm² kosten 8 Euro…',
        ]);
      expect(cosine(plain, odd)).toBeGreaterThan(0.9999);
      const {
        reply: { passages },
      } = await tenant.ask<{ passages: { source: string; score: number }[] }>(
        'Wann ist nach einem Umzug Schluss mit dem Strom?',
      );
      expect(passages.toSorted((a, b) => b.score - a.score)[0]?.source).toBe('vertrag.txt');
    } finally {
      await tenant.close();
    }
  },
);
