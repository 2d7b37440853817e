import { IntlMessageFormat, type Formatters } from 'intl-messageformat';
import type { IssueInput, ProvenRequest } from '../define.ts';

/**
 * The message that carries a code. It names the operation and its values, so that a person who is being
 * deceived sees what the code would really authorize (PSD2 RTS article 5(1)(a)); it has no link, so that
 * nobody learns to follow one. Plain text in every language: `{code}`, `{title}`, `{facts}`, `{minutes}`.
 */
export type OtpTexts = Readonly<Record<string, string>>;

export const otpTexts: OtpTexts = {
  en: `{code} is your code to authorize: {title}.{facts}
It is valid for {minutes, plural, one {# minute} other {# minutes}}. Never tell it to anyone. If this was not you, do not use it.`,
  de: `{code} ist Ihr Code zur Freigabe: {title}.{facts}
Er gilt {minutes, plural, one {# Minute} other {# Minuten}}. Geben Sie ihn niemandem weiter. Waren Sie es nicht, verwenden Sie ihn nicht.`,
  es: `{code} es su código para autorizar: {title}.{facts}
Vale {minutes, plural, one {# minuto} other {# minutos}}. No lo comparta con nadie. Si no ha sido usted, no lo use.`,
  fr: `{code} est votre code pour autoriser : {title}.{facts}
Il est valable {minutes, plural, one {# minute} other {# minutes}}. Ne le communiquez à personne. Si ce n’est pas vous, ne l’utilisez pas.`,
};

/** Nothing of the host is executed by it, so the message does not say “authorize”. */
const confirmationTexts: OtpTexts = {
  en: `{code} is your code to confirm: {title}.{facts}
It is valid for {minutes, plural, one {# minute} other {# minutes}}. Never tell it to anyone. If this was not you, do not use it.`,
  de: `{code} ist Ihr Code zur Bestätigung: {title}.{facts}
Er gilt {minutes, plural, one {# Minute} other {# Minuten}}. Geben Sie ihn niemandem weiter. Waren Sie es nicht, verwenden Sie ihn nicht.`,
  es: `{code} es su código para confirmar: {title}.{facts}
Vale {minutes, plural, one {# minuto} other {# minutos}}. No lo comparta con nadie. Si no ha sido usted, no lo use.`,
  fr: `{code} est votre code pour confirmer : {title}.{facts}
Il est valable {minutes, plural, one {# minute} other {# minutes}}. Ne le communiquez à personne. Si ce n’est pas vous, ne l’utilisez pas.`,
};

/** Whoever is talked into reading this code aloud gives their address to somebody else’s account: it says what it adds. */
const enrolmentTexts: OtpTexts = {
  en: `{code} is your code to receive future codes here: {title}.{facts}
It is valid for {minutes, plural, one {# minute} other {# minutes}}. Never tell it to anyone. If this was not you, do not use it.`,
  de: `{code} ist Ihr Code, um künftige Codes hier zu empfangen: {title}.{facts}
Er gilt {minutes, plural, one {# Minute} other {# Minuten}}. Geben Sie ihn niemandem weiter. Waren Sie es nicht, verwenden Sie ihn nicht.`,
  es: `{code} es su código para recibir aquí los próximos códigos: {title}.{facts}
Vale {minutes, plural, one {# minuto} other {# minutos}}. No lo comparta con nadie. Si no ha sido usted, no lo use.`,
  fr: `{code} est votre code pour recevoir ici les prochains codes : {title}.{facts}
Il est valable {minutes, plural, one {# minute} other {# minutes}}. Ne le communiquez à personne. Si ce n’est pas vous, ne l’utilisez pas.`,
};

/** Reading a template costs 50 times as much as filling it in, a number format as much again: each is made once. */
const templates = new Map<string, IntlMessageFormat>();

/** `authorizationTexts` may be the host's; a host that says how it authorizes has not said how it confirms. */
export function renderOtpText(authorizationTexts: OtpTexts, code: string, input: IssueInput): string {
  const { request, expiresInSeconds } = input;
  const texts = textsFor(request.kind, authorizationTexts);
  const language = pickLanguage(texts, request.locale);
  return String(
    templateOf(texts[language] ?? '{code}', language).format({
      code,
      title: request.title,
      facts: request.facts.map(({ label, value }) => `\n${label}: ${value}`).join(''),
      minutes: Math.max(1, Math.floor(expiresInSeconds / 60)),
    }),
  );
}

function textsFor(kind: ProvenRequest['kind'], authorizationTexts: OtpTexts): OtpTexts {
  switch (kind) {
    case 'authorization_request':
      return authorizationTexts;
    case 'confirmation':
      return confirmationTexts;
    case 'enrolment':
      return enrolmentTexts;
  }
}

function templateOf(text: string, language: string): IntlMessageFormat {
  const name = `${language}\n${text}`;
  const template =
    templates.get(name) ??
    new IntlMessageFormat(text, language, undefined, { ignoreTag: true, formatters: formattersOf(language) });
  templates.set(name, template);
  return template;
}

/** Plain numbers and cardinal plurals are what texts ask for; anything else in a text of the host is made anew. */
function formattersOf(language: string): Formatters {
  const numbers = new Intl.NumberFormat(language);
  const plurals = new Intl.PluralRules(language);
  return {
    getNumberFormat: (locales, options) => (options ? new Intl.NumberFormat(locales, options) : numbers),
    getPluralRules: (locales, options) =>
      options?.type === 'ordinal' ? new Intl.PluralRules(locales, options) : plurals,
    getDateTimeFormat: (...given) => new Intl.DateTimeFormat(...given),
  };
}

/** `de-AT` is served by `de-AT`, else `de`, else English. */
function pickLanguage(texts: OtpTexts, locale: string | undefined): string {
  if (locale === undefined) return 'en';
  const candidates = [locale, locale.split('-', 1)[0]?.toLowerCase() ?? ''];
  return candidates.find((candidate) => Object.hasOwn(texts, candidate)) ?? 'en';
}
