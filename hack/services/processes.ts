import { readFile } from 'node:fs/promises';

/** When a process was started, in clock ticks since boot: with the pid it names one process for good. Undefined if there is none. */
export async function bornAt(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined ? undefined : startTicks(stat);
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets. Undefined for a zombie, which runs no more. */
export function startTicks(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

/** The process's only child: of `unshare --fork`, process 1 of the namespace. */
export async function onlyChild(pid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const first = Number(children.trim().split(' ')[0]);
  return Number.isInteger(first) && first > 0 ? first : undefined;
}
