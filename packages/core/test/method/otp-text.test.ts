import { describe, expect, it } from 'vitest';
import type { IssueInput, ProvenRequest } from '../../src/method/define.ts';
import { otpTexts, renderOtpText } from '../../src/method/methods/otp-text.ts';
import { makeRequest } from '../../testing/method-contract/ceremony.ts';

const kinds = ['authorization_request', 'confirmation', 'enrolment'] as const;
const languages = ['en', 'de', 'es', 'fr'] as const;

function render(
  kind: ProvenRequest['kind'],
  locale: string,
  different: Partial<ProvenRequest> = {},
  texts = otpTexts,
) {
  const input: IssueInput = {
    request: { ...makeRequest('bob', kind), locale, ...different },
    factor: null,
    factors: [],
    recipient: { channel: 'email', address: 'ada@example.org' },
    expiresInSeconds: 300,
    randomness: { bytes: (length) => new Uint8Array(length), integer: () => 0 },
    generate: undefined,
    settings: {},
    issuer: 'Example Bank',
    context: null,
  };
  return renderOtpText(texts, '12345678', input);
}

describe('the message of a code', () => {
  const every = kinds.flatMap((kind) => languages.map((language) => [kind, language] as const));
  it.each(every)(
    'for a %s in %s says what it is for and what not to do with it, and has no link',
    (kind, language) => {
      const text = render(kind, language);
      for (const part of ['12345678', 'Transfer money', 'To: bob', '5 minut'])
        expect(text.toLowerCase()).toContain(part.toLowerCase());
      expect(text).toMatch(/Never tell it|niemandem weiter|con nadie|à personne/);
      expect(text).toMatch(/If this was not you|Waren Sie es nicht|Si no ha sido usted|Si ce n’est pas vous/);
      expect(text).not.toMatch(/https?:|www\.|href/i);
      expect(text.split('12345678')).toHaveLength(2);
    },
  );

  it('says in its first words which of the three it is: no two are alike', () => {
    for (const language of languages)
      expect(new Set(kinds.map((kind) => render(kind, language))).size).toBe(3);
    expect(render('authorization_request', 'en')).toContain('is your code to authorize: Transfer money.');
    expect(render('confirmation', 'en')).toContain('is your code to confirm: Transfer money.');
    expect(render('enrolment', 'en')).toContain('is your code to receive future codes here: Transfer money.');
  });

  it.each(kinds)('for a %s is English where there is no other', (kind) => {
    expect(render(kind, 'tlh')).toBe(render(kind, 'en'));
    expect(render(kind, 'de-AT')).toBe(render(kind, 'de'));
  });

  it.each(kinds)('for a %s cannot be bent by a title that looks like a template', (kind) => {
    expect(render(kind, 'en', { title: "{code} {minutes} ''<b>" })).toContain("{code} {minutes} ''<b>.");
  });

  it('has the host’s words where something is authorized, and ours where something is confirmed or enrolled', () => {
    const texts = { ...otpTexts, en: '{code} pays: {title}' };
    expect(render('authorization_request', 'en', {}, texts)).toBe('12345678 pays: Transfer money');
    for (const kind of ['confirmation', 'enrolment'] as const)
      expect(render(kind, 'en', {}, texts)).toBe(render(kind, 'en'));
  });
});
