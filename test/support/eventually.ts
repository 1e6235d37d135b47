/** Waits until something holds. It ends as soon as it does; the limit is a promise under test, not a guess. */
export async function eventually(what: string, holds: () => boolean, withinMs = 1_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
