/** What a run consisted of: how many steps, and how often each answer was given to each of them. */
export class Tally {
  steps = 0;
  readonly #answers = new Map<string, number>();

  count(step: string, answer: string): void {
    this.steps += 1;
    const name = `${step}: ${answer}`;
    this.#answers.set(name, (this.#answers.get(name) ?? 0) + 1);
  }

  /** How often any step had this answer. */
  of(answer: string): number {
    return [...this.#answers].reduce(
      (sum, [name, count]) => (name.endsWith(`: ${answer}`) ? sum + count : sum),
      0,
    );
  }

  /** Answers with how often they were given, over all steps, the most frequent first. */
  answers(): Record<string, number> {
    const names = new Set([...this.#answers.keys()].map((name) => name.slice(name.indexOf(': ') + 2)));
    const counted = [...names].map((name) => [name, this.of(name)] as const);
    return Object.fromEntries(counted.sort(([, a], [, b]) => b - a));
  }
}
