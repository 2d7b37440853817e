/** Names of fields whose value no log may show, however deep they stand, compared without case and `_-`. */
const secretNames = new Set([
  'code',
  'dpop',
  'codes',
  'proof',
  'authorization',
  'secrets',
  'cookie',
  'setcookie',
  'servicekey',
  'apikey',
  'signature',
  'privatekey',
  'recoverycode',
  'recoverycodes',
  'text',
  'digits',
  'connectionstring',
  'clienturl',
  'databaseurl',
  'parameters',
  'bindings',
]);

const depthMax = 8;
const entriesMax = 100;
const hidden = '[redacted]';

/** A copy of what is logged, without secrets, without cycles, of bounded size. */
export function redact(value: unknown, depthLeft = depthMax): unknown {
  if (value instanceof Error) return redactError(value, depthLeft);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depthLeft === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, entriesMax).map((item) => redact(item, depthLeft - 1));
  if (ArrayBuffer.isView(value)) return hidden;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, entriesMax)
      .map(([name, field]) => [name, isSecret(name) ? hidden : redact(field, depthLeft - 1)]),
  );
}

function isSecret(name: string): boolean {
  const plain = name.toLowerCase().replace(/[_-]/g, '');
  return secretNames.has(plain) || /(?:token|secret|password)$/.test(plain);
}

/** Its own fields are left out: a driver's error carries the row and the parameters of the statement. */
function redactError(error: Error, depthLeft: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: error.message,
    // An errno or SQLSTATE, which is no secret; digits alone could be somebody's one-time code.
    ...(typeof code === 'string' && /^(?=.*[A-Z])[A-Z0-9_]+$|^[0-9]{5}$/.test(code)
      ? { errorCode: code }
      : {}),
    stack: error.stack,
    ...(error.cause === undefined || depthLeft === 0 ? {} : { cause: redact(error.cause, depthLeft - 1) }),
  };
}

const secretTexts: readonly [RegExp, string][] = [
  [/\bcsk_[A-Za-z0-9_-]{8,}/g, 'csk_…'],
  [/\bwhsec_[A-Za-z0-9+/=]{8,}/g, 'whsec_…'],
  [/\bcst1[A-Za-z0-9_.~-]{8,}/g, 'cst1…'],
  [/\b(Bearer|Basic|DPoP) [^\s"\\,]+/gi, '$1 …'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJ…'],
  [/(\bpostgres(?:ql)?:\/\/[^\s:@/"\\]*):[^\s@"\\]*@/g, '$1:…@'],
];

/** The last sieve: what looks like a credential in the finished line, wherever it came from. */
export function redactLine(line: string): string {
  return secretTexts.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}
