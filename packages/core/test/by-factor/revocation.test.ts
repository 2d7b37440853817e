import { describe, expect, it } from 'vitest';
import { CountersignError } from '../../src/index.ts';
import { refusal } from '../fixtures.ts';
import { ask, enrolEmail, enrolTotp, openWithFactors } from './enrolled.ts';

const rounds = 1000;

describe('a factor that is removed', () => {
  it('approves nothing after its removal committed, and loses what nobody has executed, in 1,000 races of the two', async () => {
    await using test = await openWithFactors({
      limits: {
        waitingPerSubjectMax: rounds,
        wrongProofsPerDayMax: 10 * rounds,
        consecutiveWrongFree: 10 * rounds,
        consecutiveWrongMax: 10 * rounds,
      },
    });
    const outcomes = { granted: 0, refused: 0, used: 0 };
    const api = test.core.authorizationRequest;
    const round = async (number: number) => {
      const subjectId = `subject-${number}`;
      const app = await enrolTotp(test, subjectId);
      const { id } = await ask(test, { subjectId, data: number });
      const pause = number % 7;
      const [answer] = await Promise.all([
        api.grant(test.service, { id, proof: app.proof() }),
        new Promise<void>((resolve) => setTimeout(resolve, pause)).then(() =>
          test.core.factors.remove(test.service, { id: app.factorId }),
        ),
      ]);
      outcomes[answer.granted ? 'granted' : 'refused'] += 1;
      // The removal has committed: whatever the grant said, it can be executed no more.
      const consumed = await api
        .consume(test.service, { id, slug: 'transfer', subjectId, data: number })
        .catch((error: unknown) => (error instanceof CountersignError ? error.reason : String(error)));
      if (typeof consumed !== 'string') outcomes.used += 1;
      else expect(consumed).toBe(answer.granted ? 'execution_window_passed' : 'not_granted');
    };
    const waiting = [...Array(rounds).keys()];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) await round(number);
      }),
    );
    expect(outcomes.used).toBe(0);
    expect(outcomes.granted + outcomes.refused).toBe(rounds);
    // Both orders happened, or this shows nothing.
    expect(outcomes.granted).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
    const { rows } = await test.database.sql.query(
      `SELECT r.id FROM countersign.authorization_request r JOIN countersign.proof p ON p.request_id = r.id
       JOIN countersign.factor f ON f.id = p.factor_id WHERE r.execute_before > r.granted_at AND f.removed_at IS NOT NULL`,
    );
    expect(rows).toEqual([]);
  }, 120_000);

  it('leaves the grants of the subject’s other factors alone', async () => {
    await using test = await openWithFactors();
    const [app, other] = [await enrolTotp(test), await enrolTotp(test)];
    const { id, data } = await ask(test, { factorIds: [app.factorId] });
    await test.core.authorizationRequest.grant(test.service, { id, proof: app.proof() });
    await test.core.factors.remove(test.service, { id: other.factorId });
    await expect(
      test.core.authorizationRequest.consume(test.service, { id, slug: 'transfer', subjectId: 'ada', data }),
    ).resolves.toMatchObject({ consumed: true });
  });

  it('makes its earlier right check worthless', async () => {
    await using test = await openWithFactors();
    const app = await enrolTotp(test);
    await enrolEmail(test, 'ada@example.org');
    const { id } = await ask(test);
    const api = test.core.authorizationRequest;
    expect(await api.check(test.service, { id, proof: app.proof() })).toMatchObject({ valid: true });
    await test.core.factors.remove(test.service, { id: app.factorId });
    await expect(api.grant(test.service, { id })).rejects.toMatchObject(refusal('proof_required'));
  });
});
