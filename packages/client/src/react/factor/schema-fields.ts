/** One line of a form, as a JSON Schema describes it. */
export interface SchemaField {
  readonly name: string;
  readonly label: string;
  readonly hint: string | null;
  readonly kind: 'text' | 'email' | 'number' | 'choice' | 'switch';
  readonly isRequired: boolean;
  /** Of a `choice`. */
  readonly options: readonly string[];
  readonly lengthMin: number | undefined;
  readonly lengthMax: number | undefined;
  readonly pattern: string | undefined;
}

/**
 * What is to be filled in for an object of messages, numbers, choices and yes-or-no; null for what is more than that, which
 * only its host can draw. The schema comes from our own server; what it leaves open is checked there.
 */
export function fieldsOf(schema: unknown): readonly SchemaField[] | null {
  if (!isRecord(schema)) return null;
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const fields = Object.entries(properties).map(([name, property]) =>
    fieldOf(name, property, required.includes(name)),
  );
  return fields.every((field) => field !== null) ? fields : null;
}

function fieldOf(name: string, property: unknown, isRequired: boolean): SchemaField | null {
  if (!isRecord(property)) return null;
  const kind = kindOf(property);
  if (kind === null) return null;
  return {
    name,
    label: textOf(property['title']) ?? spokenName(name),
    hint: textOf(property['description']) ?? null,
    kind,
    isRequired,
    options: Array.isArray(property['enum']) ? property['enum'].map(String) : [],
    lengthMin: numberOf(property['minLength']),
    lengthMax: numberOf(property['maxLength']),
    pattern: patternOf(property['pattern']),
  };
}

function kindOf({
  type,
  format,
  enum: options,
}: Readonly<Record<string, unknown>>): SchemaField['kind'] | null {
  if (Array.isArray(options)) return options.every((option) => typeof option === 'string') ? 'choice' : null;
  switch (type) {
    case 'string':
      return format === 'email' ? 'email' : 'text';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'switch';
    default:
      return null;
  }
}

/** A form reads patterns more strictly than a schema (HTML, `pattern`: the flag v): one that it cannot read is not asked. */
function patternOf(given: unknown): string | undefined {
  try {
    return typeof given === 'string' ? new RegExp(given, 'v').source : undefined;
  } catch {
    return undefined;
  }
}

/** `phoneNumber`, `phone_number` → `Phone number` */
function spokenName(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What was filled in, of the schema's types; what may be left empty and was is left out. */
export function configOf(fields: readonly SchemaField[], given: FormData): Record<string, unknown> {
  const entries = fields.flatMap(({ name, kind }): [string, unknown][] => {
    const value = given.get(name);
    if (kind === 'switch') return [[name, value !== null]];
    if (typeof value !== 'string' || value === '') return [];
    return [[name, kind === 'number' ? Number(value) : value]];
  });
  return Object.fromEntries(entries);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
