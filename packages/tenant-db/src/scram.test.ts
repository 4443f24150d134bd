import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { scramVerifier } from './scram.ts';

// Written by PostgreSQL 17 itself for `create role … password 'pencil-pencil-pencil'`, read back from pg_authid.
const FROM_POSTGRES =
  'SCRAM-SHA-256$4096:EEzRmtO+rX3GY/EEzxH0DA==$SM3AnOiktwF3sZEEc120M/Zg2l47hqyyVLEigwg5uxg=:TmB0dzuLVnHnBrad/2GVP07Gq289a5wkoWNyBBj0V24=';

test('the verifier is the one that PostgreSQL computes', () => {
  const salt = Buffer.from(FROM_POSTGRES.split(/[:$]/)[2] ?? '', 'base64');
  expect(scramVerifier('pencil-pencil-pencil', salt)).toBe(FROM_POSTGRES);
});

test('two verifiers of one password differ in their salt', () => {
  expect(scramVerifier('pencil-pencil-pencil')).not.toBe(scramVerifier('pencil-pencil-pencil'));
});
