import type { Command } from 'commander';

/** For a command with one that is meant when none is named: another name is unknown, and no argument of that one. */
export function onlyKnownCommands(command: Command): Command {
  return command.hook('preSubcommand', ({ args: [name = ''], commands }) => {
    const known = commands.map((one) => one.name());
    if (name !== '' && !name.startsWith('-') && !known.includes(name))
      command.error(`error: unknown command '${name}'\n(There are ${known.join(', ')}.)`);
  });
}
