import type { ReactNode } from 'react';
import { CodeForm } from './code-form.tsx';
import { CopyButton } from './copy-button.tsx';
import { Lost } from './lost.tsx';
import type { EnrolmentConfirmProps } from './parts.ts';
import { QrCode } from './qr-code.tsx';

/** The seed, as a picture and as a text, and the first code that the app makes of it. */
export function AuthenticatorApp(props: EnrolmentConfirmProps): ReactNode {
  const { setup, messages } = props;
  const seed = seedIn(setup);
  if (seed === null) return <Lost {...props} />;
  const { uri, secret } = seed;
  return (
    <>
      <p>{messages.scan}</p>
      <QrCode text={uri} label={messages.qrCode} />
      <p className="countersign-hint">{messages.cannotScan}</p>
      <p className="countersign-secret">
        <code>{secret.replaceAll(/.{4}(?!$)/g, '$& ')}</code>
        <CopyButton text={secret} messages={messages} />
      </p>
      {uri.startsWith('otpauth://') && (
        <p>
          <a href={uri}>{messages.openApp}</a>
        </p>
      )}
      <CodeForm {...props} />
    </>
  );
}

function seedIn(setup: unknown): { readonly uri: string; readonly secret: string } | null {
  const { uri, secret } = (setup ?? {}) as Partial<Record<'uri' | 'secret', unknown>>;
  return typeof uri === 'string' && typeof secret === 'string' ? { uri, secret } : null;
}
