import { refused, type Call, type Predicted } from './call.ts';
import { sameText } from './operation-model.ts';

const day = 24 * 3_600_000;

/** The same key: the same answer for a day, and nothing happens twice; another input is a conflict. */
export class KeyModel {
  readonly #known = new Map<string, { input: string; answer: Predicted; until: number }>();

  /** Null when the call is to be performed. */
  answerTo(call: Call, now: number): Predicted | null {
    const known = this.#known.get(scopeOf(call));
    if (!known || now >= known.until) return null;
    return known.input === inputText(call)
      ? known.answer
      : refused('idempotency_conflict', { inProgress: false });
  }

  /** What was refused has left nothing, so its key is as free as before; a message that failed was written. */
  remember(call: Call, answer: Predicted, now: number): void {
    if ('refused' in answer && answer.refused !== 'delivery_failed') return;
    this.#known.set(scopeOf(call), { input: inputText(call), answer, until: now + day });
  }
}

function scopeOf(call: Call): string {
  const procedure = call.do === 'grant without proof' ? 'grant' : call.do;
  return JSON.stringify([call.as, procedure, call.key]);
}

/** What is compared when a key comes again: the input, without the key and without what is no input. */
function inputText(call: Call): string {
  const { as: _as, key: _key, ...input } = call;
  if (call.do === 'create') return sameText({ ...input, request: null, code: null, carrierWorks: null });
  return sameText('carrierWorks' in input ? { ...input, code: null, carrierWorks: null } : input);
}
