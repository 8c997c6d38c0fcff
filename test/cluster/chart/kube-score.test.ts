/** What kube-score says of what the chart renders. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../../support/suite.ts';
import { INSTALLED } from '../../unit/chart/full-values.ts';
import { HELM_4, render } from '../../unit/chart/helms.ts';
import { runProgram } from './run-program.ts';
import { SCORED_OTHERWISE } from './scored-otherwise.ts';
import { manifestText, VARIANTS } from './variants.ts';

const { KUBE_SCORE = '' } = process.env;
const skip = !KUBE_SCORE && 'no kube-score: see the start of this run';

const score = async (values: object, ...options: string[]) => {
  const objects = await render(HELM_4, values, { apis: INSTALLED });
  return runProgram(KUBE_SCORE, ['score', ...options, '--output-format', 'ci', '-'], manifestText(objects));
};
const criticals = (printed: string) => printed.split('\n').filter((line) => line.startsWith('[CRITICAL]'));

suite('the chart by kube-score', skip || HELM_4.skip, () => {
  const ignored = Object.keys(SCORED_OTHERWISE).flatMap((check) => ['--ignore-test', check]);

  for (const [name, values] of Object.entries(VARIANTS)) {
    test(`nothing is critical but what has its reason: ${name}`, async () => {
      const { code, printed } = await score(values, ...ignored);
      assert.deepEqual(criticals(printed), []);
      assert.equal(code, 0, printed);
    });
  }

  for (const check of Object.keys(SCORED_OTHERWISE)) {
    test(`${check} would be critical: its reason is still needed`, async () => {
      const others = ignored.filter((word, index) => word !== check && ignored[index + 1] !== check);
      const printed = await Promise.all(Object.values(VARIANTS).map((values) => score(values, ...others)));
      assert.notDeepEqual(
        printed.flatMap((each) => criticals(each.printed)),
        [],
      );
    });
  }
});
