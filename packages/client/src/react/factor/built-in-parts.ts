import type { ComponentType } from 'react';
import { AddressForm } from './address-form.tsx';
import { AuthenticatorApp } from './authenticator-app.tsx';
import { CodeConfirm } from './code-confirm.tsx';
import { PasskeyConfirm } from './passkey.tsx';
import type { EnrolmentConfirmProps, EnrolmentFormProps, EnrolmentParts } from './parts.ts';
import { RecoveryCodes } from './recovery-codes.tsx';
import { SchemaForm } from './schema-form.tsx';

const builtIn: Readonly<Record<string, EnrolmentParts>> = {
  otp: { Form: AddressForm },
  totp: { Confirm: AuthenticatorApp },
  passkey: { Confirm: PasskeyConfirm },
  'recovery-code': { Confirm: RecoveryCodes },
};

interface Drawn {
  readonly Form: ComponentType<EnrolmentFormProps>;
  readonly Confirm: ComponentType<EnrolmentConfirmProps>;
  /** Whether what `factor.create` shows once is drawn by anybody. */
  readonly showsSetup: boolean;
}

/** A host's own part first, then the one of a method of ours, then what fits every method. */
export function partsOf(method: string, own: Readonly<Record<string, EnrolmentParts>>): Drawn {
  const parts = { ...builtIn[method], ...own[method] };
  return {
    Form: parts.Form ?? SchemaForm,
    Confirm: parts.Confirm ?? CodeConfirm,
    showsSetup: parts.Confirm !== undefined,
  };
}
