import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';

/** What an interface of a file declares, by name: its own members, not those that it inherits. */
export function interfaceMembers(path: string, name: string): string[] {
  const { body } = parseSync(path, readFileSync(path, 'utf8')).program;
  for (const statement of body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type !== 'TSInterfaceDeclaration' || declared.id.name !== name) continue;
    return declared.body.body.flatMap((member) =>
      'key' in member && member.key.type === 'Identifier' ? [member.key.name] : [],
    );
  }
  throw new Error(`${path} declares no interface ${name}`);
}
