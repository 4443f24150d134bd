import { describe, expect, it } from 'vitest';
import type { Pod } from '../observed.ts';
import { podFixture } from '../testing/fixtures.ts';
import { troubleOf } from './trouble.ts';

const pod = (status: object): Pod => podFixture('postgres', status);
const container = (status: object): object => ({ name: 'postgres', ready: false, ...status });

describe('troubleOf', () => {
  it.each([
    [
      'a wrong image',
      { containerStatuses: [container({ state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } } })] },
      'ImagePullBackOff',
      /postgres-0.*not found.*image reference/,
    ],
    [
      'a crash loop, with the last words',
      {
        containerStatuses: [
          container({
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1, message: 'no space left' } },
          }),
        ],
      },
      'CrashLoopBackOff',
      /no space left.*kubectl logs/,
    ],
    [
      'too little memory',
      {
        containerStatuses: [
          container({ state: { running: {} }, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
        ],
      },
      'OOMKilled',
      /memory limit in spec/,
    ],
    [
      'an init container',
      {
        initContainerStatuses: [
          { name: 'pull-models', ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } },
        ],
      },
      'CrashLoopBackOff',
      /container pull-models/,
    ],
    [
      'no node',
      {
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes: Insufficient cpu' },
        ],
      },
      'Unschedulable',
      /Insufficient cpu.*add capacity/,
    ],
    [
      'a full volume, between two attempts too',
      {
        containerStatuses: [
          container({
            state: { running: {} },
            lastState: { terminated: { exitCode: 1, message: 'PANIC: could not write: No space left on device' } },
          }),
        ],
      },
      'VolumeFull',
      /No space left on device.*raise storage\.size/,
    ],
    [
      'a model that does not exist',
      {
        initContainerStatuses: [
          {
            name: 'pull-models',
            ready: false,
            state: {
              terminated: { exitCode: 1, message: 'Error: pull model manifest: file does not exist' },
            },
          },
        ],
      },
      'ModelNotFound',
      /pull-models.*file does not exist.*spec\.models/,
    ],
  ])('names %s and what to do', (_what, status, reason, message) => {
    const trouble = troubleOf([pod(status)]);
    expect(trouble?.reason).toBe(reason);
    expect(trouble?.message).toMatch(message);
  });

  it('finds nothing in pods that start, run, or were killed for memory once and are well again', () => {
    const creating = pod({ containerStatuses: [container({ state: { waiting: { reason: 'ContainerCreating' } } })] });
    const recovered = pod({
      containerStatuses: [
        container({
          ready: true,
          state: { running: {} },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
        }),
      ],
    });
    expect(troubleOf([creating, recovered, pod({})])).toBeUndefined();
  });
});
