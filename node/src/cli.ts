#!/usr/bin/env node
// The command `dockline`: `npx dockline doctor` looks at everything between this machine and its engine.

import { examine } from './native';

const USAGE = `Usage: dockline doctor [--host ADDRESS] [--timeout SECONDS] [--json]

  doctor   which engine is chosen and why, whether it can be reached, versions, permissions, contexts,
           credential helpers and clock; what is red says how to mend it, and makes the exit code 1
`;

interface Wishes {
  host?: string;
  patience: number;
  json: boolean;
}

function read(words: string[]): Wishes {
  const wishes: Wishes = { patience: 10_000, json: false };
  for (let at = 0; at < words.length; at++) {
    const [name, inline] = (words[at] as string).split(/=(.*)/s) as [string, string?];
    const value = () => {
      const given = inline ?? words[++at];
      if (given === undefined) throw new Error(`${name} needs a value`);
      return given;
    };
    if (name === '--json') wishes.json = true;
    else if (name === '--host' || name === '-H') wishes.host = value();
    else if (name === '--timeout') {
      wishes.patience = Math.round(Number(value()) * 1000);
      if (!(wishes.patience > 0)) throw new Error('--timeout needs a number of seconds above 0');
    } else throw new Error(`${name} is not known`);
  }
  return wishes;
}

async function main([command, ...words]: string[]): Promise<number> {
  if (command === '--help' || command === '-h' || command === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  let wishes: Wishes;
  try {
    if (command !== 'doctor') throw new Error(command ? `there is no command ${command}` : 'a command is missing');
    wishes = read(words);
  } catch (error) {
    process.stderr.write(`dockline: ${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const checks = await examine(wishes.host, wishes.patience);
  const lines = checks.map(({ text, ...check }) => (wishes.json ? JSON.stringify(check) : text));
  process.stdout.write(`${lines.join('\n')}\n`);
  return checks.some(({ outcome }) => outcome === 'bad') ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`dockline: ${error.message}\n`);
    process.exitCode = 1;
  },
);
