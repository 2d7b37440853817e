import { z } from 'zod';
import type { Actor } from '../../src/actor.ts';
import { reserveAttempt } from '../../src/authorization-request/statement/reserve.ts';
import type { AuthorizationRequestView } from '../../src/authorization-request/schema.ts';
import { viewerOf } from '../../src/authorization-request/statement/visible.ts';
import { budgetParametersOf } from '../../src/challenge/budget.ts';
import type { CoreContext } from '../../src/context.ts';
import { CountersignError } from '../../src/error.ts';
import { parseId } from '../../src/id.ts';
import type { Limits } from '../../src/limits.ts';
import { sweep } from '../../src/maintenance/sweep.ts';
import type { Method } from '../../src/method/define.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import type { Answer, Call, Party, ProofCall, Sight } from './call.ts';
import { Gate } from './gate.ts';
import { operations } from './operation-model.ts';
import { makeCall } from './postgres-call.ts';
import { Names, sightOfView } from './postgres-sight.ts';

const letterProof = z.strictObject({ method: z.literal('letter'), code: z.string().regex(/^[0-9]{6,10}$/) });

/** A proof that core is judging: its answer comes when it is finished. */
export interface HeldCall {
  readonly held: true;
  finish(): Promise<Answer>;
}

/** Core on PostgreSQL, spoken to in the words of the model. */
export class PostgresSystem implements AsyncDisposable {
  readonly test: TestCore;
  readonly #gate: Gate;
  readonly #names = new Names();

  private constructor(test: TestCore, gate: Gate) {
    this.test = test;
    this.#gate = gate;
  }

  static async open(limits: Partial<Limits> = {}): Promise<PostgresSystem> {
    const gate = new Gate();
    const accept = async () => undefined;
    const byMail = otp({ send: accept });
    const letter: Method = { ...byMail, key: 'letter', proof: letterProof };
    const methods = [gate.guard(byMail), gate.guard(letter)];
    return new PostgresSystem(await openTestCore({ methods, operations, limits }), gate);
  }

  now(): number {
    return this.test.clock.now().getTime();
  }

  goTo(moment: number): void {
    this.test.clock.set(new Date(moment));
  }

  async sweep(): Promise<void> {
    if ((await sweep(this.test.service)) === null) throw new Error('somebody else is sweeping');
  }

  async answer(call: Call): Promise<Answer> {
    return await this.#answered(call);
  }

  /** As `answer`, but a proof that is compared with something stays there until it is finished. */
  async begin(call: Call): Promise<Answer | HeldCall> {
    const gated = this.#gate.close();
    const answer = this.#answered(call);
    const first = await Promise.race([answer, gated.entered.then(() => null)]);
    this.#gate.pass();
    if (first) return first;
    return {
      held: true,
      finish: () => {
        gated.open();
        return answer;
      },
    };
  }

  /** Spends an attempt as a process does that dies while it judges. True when there was one to spend. */
  async beginAndLose(call: ProofCall): Promise<boolean> {
    const { service } = this.test;
    const { pool } = service.database;
    const rows = await pool.query(reserveAttempt, {
      bySecret: true,
      ...viewerOf(service.actor),
      ...budgetParametersOf(service.limits, service.clock.now(), call.method),
      id: parseId('authorizationRequest', this.#names.idOf(call.request)) ?? '',
      method: call.method,
    });
    return rows.length > 0;
  }

  /** The request as the service sees it now. */
  async sight(name: string): Promise<Sight | null> {
    if (!this.#names.has(name)) return null;
    const id = this.#names.idOf(name);
    return sightOfView(await this.test.core.authorizationRequest.get(this.test.service, { id }), this.#names);
  }

  /** The events of a request, without what they have in common. */
  async events(name: string): Promise<string[]> {
    const { rows } = await this.test.database.sql.query<{ type: string }>(
      `SELECT split_part(type, '.', 2) AS type FROM countersign.event WHERE about_id = $1 ORDER BY sequence`,
      [parseId('authorizationRequest', this.#names.idOf(name))],
    );
    return rows.map(({ type }) => type);
  }

  /** What is held against the subjects: charges of the day, streaks. */
  async budgets(subjects: readonly string[]): Promise<Record<string, unknown>> {
    const { rows } = await this.test.database.sql.query<{
      subject: string;
      charges: Date[];
      streaks: object;
    }>(
      `SELECT subject_id AS subject, charged_at AS charges, (
         SELECT coalesce(jsonb_object_agg(key, value - 'told'), '{}') FROM jsonb_each(streaks)) AS streaks FROM countersign.subject_security WHERE subject_id = ANY ($1)`,
      [subjects],
    );
    const dayAgo = this.now() - 24 * 3_600_000;
    const budgets = rows.map(({ subject, charges, streaks }) => {
      const counted = charges.map((at) => at.getTime()).filter((at) => at > dayAgo);
      return [subject, { charges: counted.sort((a, b) => a - b), streaks }];
    });
    return Object.fromEntries(budgets) as Record<string, unknown>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test[Symbol.asyncDispose]();
  }

  #context(as: Party): CoreContext {
    const { core } = this.test;
    switch (as.kind) {
      case 'service':
      case 'operator':
        return core.context({ kind: as.kind });
      case 'subject':
        return core.context({ kind: 'subject', subjectId: as.subject, sessionId: as.session });
      case 'device': {
        const device: Actor = { kind: 'device', subjectId: as.subject, factorId: 'phone' };
        return core.context(device);
      }
    }
  }

  /** A refusal is an answer; anything else that is thrown is a failure of core. */
  async #answered(call: Call): Promise<Answer> {
    try {
      return { value: await makeCall(call, this.#context(call.as), this.test, this.#names) };
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      const { retryAt, issues: _issues, ...details } = error.details ?? {};
      const view = error.authorizationRequest as AuthorizationRequestView | undefined;
      if (view && call.do === 'create') this.#names.name(call.request, view.id);
      return {
        refused: error.reason,
        details: view ? { ...details, request: this.#names.nameOf(view.id) } : details,
        retryAt: retryAt instanceof Date ? retryAt.getTime() : null,
      };
    }
  }
}
