// @vitest-environment happy-dom
import { html, LitElement, type TemplateResult } from 'lit';
import { afterEach, describe, expect, it } from 'vitest';
import { CATALOGUES, speak } from './catalogue';
import { en } from './en';
import { learn } from './learn';
import { Msg, SpeechSource } from './msg';
import { LANGUAGES, type Catalogue, type Key } from './speech';

const KEYS = Object.keys(en) as Key[];

const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

describe('the catalogues', () => {
  it('are the six languages of the server', () => {
    expect([...LANGUAGES].sort()).toEqual(['de', 'en', 'es', 'fr', 'he', 'pt']);
  });

  it.each(LANGUAGES)('%s: has every key, with the same places to fill, and no other', (language) => {
    const words: Catalogue = CATALOGUES[language];
    expect(Object.keys(words).sort()).toEqual([...KEYS].sort());
    for (const key of KEYS) {
      expect(words[key].trim(), key).not.toBe('');
      expect(words[key].trim(), key).toBe(words[key]);
      expect(places(words[key]), key).toEqual(places(en[key]));
    }
  });

  it.each(LANGUAGES.filter((language) => language !== 'en'))('%s: is translated', (language) => {
    const left = KEYS.filter((key) => CATALOGUES[language][key] === en[key]);
    expect(left).toEqual([]);
  });
});

describe('a name for screen readers', () => {
  it.each(LANGUAGES)('%s: holds the words on the button (WCAG 2.5.3)', (language) => {
    const words = CATALOGUES[language];
    expect(words['receipt.downloadOf'].toLowerCase()).toContain(words['receipt.download'].toLowerCase());
    expect(words['directory.callName'].toLowerCase()).toContain(words['directory.call'].toLowerCase());
  });
});

describe('speaking', () => {
  it.each([
    [['de-AT'], 'de', 'ltr'],
    [['HE'], 'he', 'rtl'],
    [['it', 'pt-BR', 'fr'], 'pt', 'ltr'],
    [['toString'], 'en', 'ltr'],
    [[], 'en', 'ltr'],
  ] as const)('%j: %s, %s', (tags, language, dir) => {
    expect(speak(...tags)).toMatchObject({ language, dir });
  });

  it.each(LANGUAGES)('%s: is learnt from its own file, with all its words', async (language) => {
    const { t, ...speech } = await learn('it', `${language}-XX`);
    const { t: all, ...known } = speak(language);
    expect(speech).toEqual(known);
    for (const key of ['action.close', 'player.unclean'] as const) expect(t(key)).toBe(all(key));
  });

  it('fills each place, and nothing of what is filled in', () => {
    expect(speak('de').t('light.peerAgreed', { name: '{name} $& <b>' })).toBe('{name} $& <b> hat zugestimmt');
  });
});

describe('numbers in a text', () => {
  it.each([
    ['en', '12,400'],
    ['de', '12.400'],
    ['fr', '12\u202f400'],
    ['es', '12.400'],
    ['pt', '12.400'],
    ['he', '12,400'],
  ] as const)('%s: are written as the language writes them', (language, want) => {
    expect(speak(language).t('directory.found', { count: 12_400 })).toContain(want);
  });
});

class Speaker extends LitElement {
  readonly msg = new Msg(this);

  override render(): TemplateResult {
    return html`<button>${this.msg.t('light.stop')}</button>`;
  }
}
customElements.define('test-speaker', Speaker);

async function said(speaker: Speaker): Promise<string> {
  await speaker.updateComplete;
  return speaker.shadowRoot!.querySelector('button')!.textContent;
}

describe('an element', () => {
  afterEach(() => document.body.replaceChildren());

  it('speaks the language of the page around it, also when it changes', async () => {
    const source = new SpeechSource(document.body, speak('de'));
    const speaker = new Speaker();
    document.body.append(speaker);
    expect(await said(speaker)).toBe('Aufnahme beenden');
    source.speech = speak('he');
    expect(await said(speaker)).toBe('עצירת ההקלטה');
    expect(speaker.msg.dir).toBe('rtl');
    speaker.remove();
    source.speech = speak('fr');
    expect(speaker.msg.language, 'what is off the page follows no longer').toBe('he');
    document.body.append(speaker);
    expect(await said(speaker)).toBe('Arrêter l’enregistrement');
    source.close();
  });

  it('speaks English where nobody says otherwise', async () => {
    const speaker = new Speaker();
    document.body.append(speaker);
    expect(await said(speaker)).toBe('Stop recording');
  });
});
