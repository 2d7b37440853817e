import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The smallest screen that a page has to fit (WCAG 2.2, 1.4.10). */
const small = { width: 320, height: 640 };

/** Nothing that axe finds, in either colour scheme, and nothing wider than the smallest screen. */
export async function isAccessible(page: Page, state: string): Promise<void> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    // What depends on the scheme is contrast alone.
    const rules = colorScheme === 'light' ? '' : ", runOnly: ['color-contrast']";
    const { violations } = await page.evaluate<axe.AxeResults>(
      `axe.run({ resultTypes: ['violations']${rules} })`,
    );
    const found = violations.map(({ id, nodes }) => [
      id,
      ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
    ]);
    expect(found, `${state}, ${colorScheme}`).toEqual([]);
  }
  const size = page.viewportSize() ?? small;
  await page.setViewportSize(small);
  expect(await page.evaluate('document.documentElement.scrollWidth'), state).toBeLessThanOrEqual(small.width);
  await page.setViewportSize(size);
}

/** Colours on their way to another one are nobody's colours. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}
