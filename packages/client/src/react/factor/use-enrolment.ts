import { useRef, useState } from 'react';
import type { Factor, FactorCreateOutput, Method } from '../../generated/schema.ts';
import { useFactors } from '../use-factors.ts';
import type { EnrolmentConfirmProps, EnrolmentFormProps } from './parts.ts';

/** How far the person is. */
export type EnrolmentStep =
  | { readonly at: 'choose' }
  | { readonly at: 'form'; readonly method: Method }
  | { readonly at: 'confirm'; readonly method: Method; readonly begun: FactorCreateOutput }
  | { readonly at: 'done'; readonly method: Method; readonly factor: Factor };

type ConfirmStep = Extract<EnrolmentStep, { at: 'confirm' }>;

interface EnrolmentRules {
  /** Whether what `factor.create` shows once is drawn by anybody. */
  readonly showsSetup: (method: Method) => boolean;
  /** Of whatever was refused, in words for the person. */
  readonly problem: (error: unknown) => string;
  /** When the answer was a wrong one. */
  readonly wrong: string;
  readonly onEnrolled: ((factor: Factor) => void) | undefined;
}

interface Enrolling {
  readonly step: EnrolmentStep;
  /** While the person is asked to authorize it, or the server. */
  readonly isBusy: boolean;
  readonly problem: string | null;
  readonly choose: (method: Method) => void;
  readonly begin: (method: Method) => EnrolmentFormProps['begin'];
  readonly confirm: (step: ConfirmStep) => EnrolmentConfirmProps['confirm'];
  readonly finish: (step: ConfirmStep) => void;
  readonly back: () => void;
}

/**
 * The steps of an enrolment: a method is chosen, a factor begun, confirmed if it has to be, and in force. A seed or a list
 * of codes is in its step, and gone with it.
 */
export function useEnrolment({ showsSetup, problem, wrong, onEnrolled }: EnrolmentRules): Enrolling {
  const { create, confirm } = useFactors();
  const [step, setStep] = useState<EnrolmentStep>({ at: 'choose' });
  const [isBusy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const attempt = useRef(0);

  function go(next: EnrolmentStep): void {
    attempt.current += 1;
    setBusy(false);
    setTold(null);
    setStep(next);
  }

  /** Whoever has gone on, or back, is told nothing of what they left; their host is told of every factor. */
  async function attend(work: () => Promise<EnrolmentStep | string>): Promise<void> {
    attempt.current += 1;
    const own = attempt.current;
    setBusy(true);
    setTold(null);
    const next = await work().catch((refusal: unknown) => problem(refusal));
    const isStale = attempt.current !== own;
    if (typeof next === 'string') {
      if (isStale) return;
      setBusy(false);
      setTold(next);
      return;
    }
    if (!isStale) go(next);
    if (next.at === 'done') onEnrolled?.(next.factor);
  }

  return {
    step,
    isBusy,
    problem: told,
    choose: (method) => go({ at: 'form', method }),
    begin: (method) => (given) =>
      void attend(async () => {
        const begun = await create({ methodId: method.id, ...given });
        const isShown = begun.setup !== undefined && showsSetup(method);
        if (begun.confirmation || isShown) return { at: 'confirm', method, begun };
        return { at: 'done', method, factor: begun.factor };
      }),
    confirm:
      ({ method, begun }) =>
      (data) =>
        void attend(async () => {
          const confirmationId = begun.confirmation?.id ?? '';
          const factor = await confirm({ id: begun.factor.id, confirmationId, data });
          return factor.status === 'confirmed' ? { at: 'done', method, factor } : wrong;
        }),
    finish({ method, begun: { factor } }) {
      go({ at: 'done', method, factor });
      onEnrolled?.(factor);
    },
    back: () => go({ at: 'choose' }),
  };
}
