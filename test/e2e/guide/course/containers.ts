/** Warm ones, the end of one, ports and policies. */
import assert from 'node:assert/strict';
import type { Step } from '../step.ts';
import { type Container, isGone, isThere, newContainer } from './look.ts';

let containers: Container[] = [];
const at = (port: number) => containers.find(({ name }) => name === `lab-${port}`) as Container;

export const CONTAINERS: Step[] = [
  {
    at: 'containers.md: How many',
    async shows(_, { stdout }) {
      assert.equal([...stdout.matchAll(/\nlab-\d+ .* warm(?=\n)/g)].length, 2, stdout);
    },
  },
  {
    at: 'networking.md: The way in',
    async given(reader) {
      containers = [];
      for (let slots = 3; slots > 0; slots--) containers.push(await newContainer(reader));
    },
    async shows(_, { stdout }) {
      const lines = stdout.split('\n');
      for (const port of [6150, 10_000, 10_001, 10_002]) {
        assert.ok(
          lines.some((line) => new RegExp(`^\\S+ ${port} 3\\d{4}$`).test(line)),
          stdout,
        );
      }
      for (const { name } of containers) assert.match(stdout, new RegExp(`\\n${name} `));
    },
  },
  {
    at: 'containers.md: Containers',
    async shows(reader, { stdout }) {
      for (const { uuid, name } of containers) assert.match(stdout, new RegExp(`${name} .* ready +${uuid}`));
      await isGone(reader, at(10_002));
      await isThere(reader, at(10_000));
      await isThere(reader, at(10_001));
    },
  },
  {
    at: 'networking.md: Policies',
    async shows(_, { stdout }) {
      assert.match(stdout, /PodSelector:[\s\S]*Policy Types: +Ingress, Egress/);
    },
  },
  {
    at: 'containers.md: Draining nodes',
    async shows(reader, { stdout }) {
      assert.match(stdout, new RegExp(`\\ndefault +${at(10_000).name} .* ready\\n`));
      assert.match(stdout, /pod\/lab-server-\S+ (evicted|deleted)[\s\S]*\nnode\/\S+ drained\nnode\/\S+ uncordoned/);
      for (const container of containers) await isGone(reader, container);
      await reader.runs('kubectl wait anwdl/lab --for=condition=PoolReady --timeout=2m');
      await newContainer(reader);
    },
  },
];
