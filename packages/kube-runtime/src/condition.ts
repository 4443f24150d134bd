/** One entry of `status.conditions`, as metav1.Condition. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  /** CamelCase, for machines. */
  reason: string;
  /** A sentence, for people. */
  message: string;
  observedGeneration?: number;
  lastTransitionTime: string;
}

/** A condition before its transition time is known. */
export type ConditionInput = Omit<Condition, 'lastTransitionTime'>;

/**
 * The conditions with `next` in place of the one of its type, or appended. Pure. `lastTransitionTime` moves only when `status`
 * changes, to `nowMs`; so setting the same condition again gives an equal list, and nothing needs to be written.
 */
export function setCondition(conditions: readonly Condition[], next: ConditionInput, nowMs: number): Condition[] {
  const previous = getCondition(conditions, next.type);
  const isSame = previous?.status === next.status;
  const lastTransitionTime = isSame
    ? previous.lastTransitionTime
    : new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const condition: Condition = { ...next, lastTransitionTime };
  return previous ? conditions.map((one) => (one.type === next.type ? condition : one)) : [...conditions, condition];
}

/** The condition of this type, if there is one. */
export function getCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition of this type is `True`. */
export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return getCondition(conditions, type)?.status === 'True';
}
