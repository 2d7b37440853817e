import { TOTP, URI } from 'otpauth';
import { useEffect, useState, type ReactNode } from 'react';
import type { PhoneView } from '../../server/views.ts';
import { bank } from './bank.ts';
import { useNow } from './clock.tsx';
import { Ring } from './ring.tsx';

/** The second app on this phone: the code of now, and how long it stays (RFC 6238). */
export function Authenticator({ person }: { readonly person: PhoneView['subjectId'] }): ReactNode {
  const totp = useTotp(person);
  const now = useNow(250).getTime();
  const [copied, setCopied] = useState('');
  if (totp === null || totp === 'none')
    return (
      <section className="authenticator" aria-labelledby="authenticator">
        <h2 id="authenticator">Authenticator</h2>
        <p className="empty" role="status">
          {totp === null ? 'One moment…' : 'No account in this app yet. Add one in the bank’s settings.'}
        </p>
      </section>
    );
  const code = totp.generate({ timestamp: now });
  const left = totp.period - ((now / 1000) % totp.period);
  return (
    <section className="authenticator" aria-labelledby="authenticator">
      <h2 id="authenticator">Authenticator</h2>
      <Ring share={left / totp.period} seconds={Math.ceil(left)} />
      <p className="issuer">
        {totp.issuer} <span>{totp.label}</span>
      </p>
      <output className="totp" aria-label="Current code">
        {code.slice(0, 3)} {code.slice(3)}
      </output>
      <button
        type="button"
        className="button"
        onClick={() => void navigator.clipboard.writeText(code).then(() => setCopied(code))}
      >
        {copied === code ? 'Copied' : 'Copy'}
      </button>
    </section>
  );
}

/** Null while it is asked for. */
function useTotp(person: PhoneView['subjectId']): TOTP | 'none' | null {
  const [totp, setTotp] = useState<TOTP | 'none' | null>(null);
  useEffect(() => {
    let isOver = false;
    bank.authenticator.query({ person }).then(
      ({ uri }) => {
        const read = URI.parse(uri);
        if (!isOver) setTotp(read instanceof TOTP ? read : 'none');
      },
      () => isOver || setTotp('none'),
    );
    return () => {
      isOver = true;
    };
  }, [person]);
  return totp;
}
