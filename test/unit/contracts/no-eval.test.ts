import { expect, test, vi } from 'vitest';

test("no rule is compiled from text: the screen's Content-Security-Policy forbids it", async () => {
  const made = vi.spyOn(globalThis, 'Function');
  const { lpDraftSchema } = await import('../../../main/contracts/lp-config.ts');
  lpDraftSchema.safeParse({ provider: 'LP-A', retry: {} });
  expect(made).not.toHaveBeenCalled();
  made.mockRestore();
});
