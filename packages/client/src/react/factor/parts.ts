import type { ComponentType } from 'react';
import type { Confirmation, Factor, Method } from '../../generated/schema.ts';
import type { FactorMessages } from './messages.ts';

/** What both steps of an enrolment are given. */
interface StepProps {
  readonly method: Method;
  /** While the person is asked, or the server. */
  readonly isBusy: boolean;
  /** Why the last try did not go on, in words for the person; null before, and while another one is under way. */
  readonly problem: string | null;
  readonly messages: FactorMessages;
}

/** The first step: what the person gives. */
export interface EnrolmentFormProps extends StepProps {
  /** With what `factorSchema` of the method asks for, and what the person calls it. */
  readonly begin: (given: { readonly config?: Record<string, unknown>; readonly title?: string }) => void;
  readonly back: () => void;
}

/** The second step: what is shown once, and what confirms it. */
export interface EnrolmentConfirmProps extends StepProps {
  readonly factor: Factor;
  /** Null when nothing is to be confirmed: the factor is in force, and `finish` is all that is left. */
  readonly confirmation: Confirmation | null;
  /** What the method shows in this one answer: a seed, a list of codes, options for the browser. */
  readonly setup: unknown;
  /** What the method asks for as `data` of `factor.confirm`. Goes on by itself when it is right. */
  readonly confirm: (data: Record<string, unknown>) => void;
  /** The person has what was shown. */
  readonly finish: () => void;
  /** Leaves it unfinished. */
  readonly back: () => void;
}

/** How one method is enrolled on a page. What is left out is drawn as for every method. */
export interface EnrolmentParts {
  readonly Form?: ComponentType<EnrolmentFormProps>;
  readonly Confirm?: ComponentType<EnrolmentConfirmProps>;
}
